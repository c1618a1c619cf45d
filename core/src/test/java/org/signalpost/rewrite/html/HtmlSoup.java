package org.signalpost.rewrite.html;

import java.util.Random;

/** Makes hostile documents: fragments of markup, whole and broken, in any order. */
final class HtmlSoup {
    private static final String[] FRAGMENTS = {
        "<a href=\"https://d.example/1\">",
        "<a href='https://d.example/2?a=1&amp;b=2'>",
        "<A HREF=https://d.example/3/>",
        "<a\nhref = \"https://d.example/4\"\n>",
        "<a href=\"https://d.example/5",
        "<a/href=\"https://d.example/6\"/x=y>",
        "<a href=x href=y>",
        "<a title='href=\"f\"' href=\"https://d.example/7\">",
        "<a href>",
        "<a href=>",
        "<a =href=b>",
        "</a>",
        "</A >",
        "</a x='>'>",
        "<area href=\"https://d.example/8\" alt=x>",
        "<p>",
        "</p>",
        "<div class=a>",
        "</div>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</tr>",
        "</table>",
        "<ul><li>",
        "</ul>",
        "<b>",
        "<i>",
        "</b>",
        "</i>",
        "<br/>",
        "<body>",
        "<body class=a>",
        "</body>",
        "</BODY\n >",
        "<html>",
        "</html>",
        "<head>",
        "</head>",
        "<title>",
        "</title>",
        "<title><a href=\"t\"></title>",
        "<style>",
        "</style>",
        "<style>a<b{}</style>",
        "<textarea>",
        "</textarea>",
        "<script>",
        "</script>",
        "<script>var a='<a href=\"s\">';</script>",
        "</script",
        "</style ",
        "</title/",
        "<!-- <a href=\"c\"> -->",
        "<!---->",
        "<!-->",
        "<!--->",
        "<!--",
        "-->",
        "--!>",
        "<!doctype html>",
        "<!x>",
        "<?xml ?>",
        "</ x>",
        "</>",
        "<>",
        "< a>",
        "<",
        "</",
        "<!",
        "<!-",
        "&amp;",
        "&copy=1",
        "text",
        " ",
        "\n",
        "\"",
        "'",
        ">",
        "=",
        "/",
        "<img src=x>",
        "<img src=\"https://t.example/api/t/trk_0000000000000000000000?p=b\" width=1>",
        "<form>",
        "</form>",
        "<button>",
        "</button>",
        "<option>",
        "<center>",
        "<font color=red>",
        "</font>",
        "<h1>",
        "</h1>",
        "<hr>",
        "<input>",
        "<p/>",
        "<a data-signalpost-track=off href=\"https://d.example/9\">",
        "<span data-signalpost-name=\"x y\">",
        "</span>",
        "<!--[if mso]><v:rect href=\"https://d.example/v\"><![endif]-->",
        "<!--[if !mso]><!-->",
        "<!--<![endif]-->",
        "<![if !mso]>",
        "<![endif]>",
        "<o:p>",
        "<caption>",
        "<col>",
        "<colgroup>",
        "<tbody>",
        "<thead>",
        "<th>",
        "<dd>",
        "<dt>",
        "<nobr>",
        "<marquee>",
        "<object>",
        "<applet>",
        "<pre>\n",
        "<listing>",
        "<base href=x>",
        "<link rel=x href=y>",
        "<meta a=b>",
        "<embed>",
        "<param>",
        "<source>",
        "<track>",
        "<wbr>",
        "<keygen>",
        "<ruby>",
        "<rp>",
        "<rt>",
        "<summary>",
        "<details>"
    };

    private static final String[] FOR_TREE = {
        "<svg>", "</svg>", "<math>", "<select>", "</select>", "<template>", "</template>", "<noscript>", "</noscript>",
        "<frameset>", "<iframe>", "</iframe>", "<noembed>", "<xmp>", "</xmp>", "<plaintext>", "<style/>", "<script/>",
        "<![CDATA[x]]>", "<script><!--<script>", "<svg><title><a href=\"z\"></title></svg>", "<svg><a href=\"y\"/>"
    };

    private static final String CHARACTERS = "<<<>>/!-=\"' \n\taAhHrReEfFbodyscriptdivimg?&;x01[]{}";

    private HtmlSoup() {}

    /** A document of up to 40 pieces; in one of four some need a tree. */
    static String document(Random random) {
        var document = new StringBuilder();
        boolean tree = random.nextInt(4) == 0;
        int pieces = random.nextInt(40);
        for (int i = 0; i < pieces; i++) {
            if (random.nextInt(8) == 0) {
                int characters = random.nextInt(12);
                for (int c = 0; c < characters; c++) {
                    document.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
                }
            } else if (tree && random.nextInt(6) == 0) {
                document.append(FOR_TREE[random.nextInt(FOR_TREE.length)]);
            } else {
                document.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
            }
        }
        return document.toString();
    }
}
