import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Scopes;
import com.google.inject.Singleton;
import org.apache.activemq.store.PersistenceAdapter;
import org.apache.activemq.store.kahadb.KahaDBPersistenceAdapter;
import org.apache.james.GuiceJamesServer;
import org.apache.james.MemoryJamesConfiguration;
import org.apache.james.MemoryJamesServerMain;
import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.queue.activemq.ActiveMQMailQueueFactory;
import org.apache.james.queue.activemq.EmbeddedActiveMQ;
import org.apache.james.queue.activemq.metric.ActiveMQMetricCollector;
import org.apache.james.queue.activemq.metric.ActiveMQMetricCollectorNoop;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.queue.api.MailQueueItemDecoratorFactory;
import org.apache.james.queue.api.ManageableMailQueue;

/**
 * The memory server of James 3.8.1 with James's own persistent mail queue (ActiveMQ) in place of the one in memory, so that
 * mail survives the end of the process. Run from its source by {@code java -cp JAMES PersistentJames.java}.
 */
public final class PersistentJames {
    private PersistentJames() {}

    public static void main(String[] arguments) throws Exception {
        var configuration = MemoryJamesConfiguration.builder()
                .useWorkingDirectoryEnvProperty()
                .build();
        GuiceJamesServer server =
                MemoryJamesServerMain.createServer(configuration).overrideWith(new Queues());
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
    }

    private static final class Queues extends AbstractModule {
        @Override
        protected void configure() {
            bind(PersistenceAdapter.class).to(KahaDBPersistenceAdapter.class);
            bind(KahaDBPersistenceAdapter.class).in(Scopes.SINGLETON);
            bind(EmbeddedActiveMQ.class).in(Scopes.SINGLETON);
            bind(ActiveMQMetricCollector.class).to(ActiveMQMetricCollectorNoop.class);
        }

        @Provides
        @Singleton
        ActiveMQMailQueueFactory queues(
                EmbeddedActiveMQ broker,
                MailQueueItemDecoratorFactory decorators,
                MetricFactory metrics,
                GaugeRegistry gauges,
                ActiveMQMetricCollector collector) {
            var queues = new ActiveMQMailQueueFactory(broker, decorators, metrics, gauges, collector);
            queues.setUseJMX(false);
            return queues;
        }

        @Provides
        @Singleton
        MailQueueFactory<? extends ManageableMailQueue> manageable(ActiveMQMailQueueFactory queues) {
            return queues;
        }

        @Provides
        @Singleton
        MailQueueFactory<?> any(ActiveMQMailQueueFactory queues) {
            return queues;
        }

        @Provides
        @Singleton
        MailQueueFactory<? extends MailQueue> plain(ActiveMQMailQueueFactory queues) {
            return queues;
        }
    }
}
