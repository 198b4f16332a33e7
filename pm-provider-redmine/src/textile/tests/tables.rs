//! Each construct, in both directions.

use super::super::{to_markdown, to_textile};

/// Asserts what a Markdown text is in Textile, and that it comes back as it was.
fn both_ways(markdown: &str, textile: &str) {
    assert_eq!(to_textile(markdown), textile);
    assert_eq!(to_markdown(textile), markdown);
}

/// Asserts what a Textile text is in Markdown.
fn reads(textile: &str, markdown: &str) {
    assert_eq!(to_markdown(textile), markdown, "{textile}");
}

/// Asserts that text that only looks like Textile is plain: what Redmine is sent, and that it comes back.
fn stays_plain(markdown: &str, textile: &str) {
    both_ways(markdown, textile);
}

#[test]
fn text_and_line_breaks() {
    both_ways("", "");
    both_ways("One.\n\nTwo: ä, 日本 😀!", "One.\n\nTwo: ä, 日本 😀!");
    both_ways(
        "a line end that means nothing\nand a break  \nhere",
        "a line end that means nothing \nand a break\nhere",
    );
    assert_eq!(to_textile("a\\\nb<br>c"), "a\nb\nc");
    assert_eq!(to_textile("a\r\n\r\n\r\nb\rc\n"), "a\n\nb \nc");
    assert_eq!(to_markdown("a\r\nb\r\n\r\nc\r\n"), "a  \nb\n\nc");
}

#[test]
fn headings() {
    for level in 1..=6 {
        both_ways(&format!("{} Title _x_", "#".repeat(level)), &format!("h{level}. Title _x_"));
    }
    both_ways("# C \\#", "h1. C #");
    assert_eq!(to_textile("Title\n==="), "h1. Title");
    reads("h2. Title\nstill the title", "## Title<br>still the title");
}

#[test]
fn marks() {
    both_ways("**strong** _em_ ~~deleted~~ `code`", "*strong* _em_ -deleted- @code@");
    both_ways("_**both**_ (**in** parentheses), **end**.", "_*both*_ (*in* parentheses), *end*.");
    both_ways("~~_**three**_~~", "-_<notextile></notextile>*three*_-");
    both_ways("un**believ**able", "un<notextile></notextile>*believ*<notextile></notextile>able");
    both_ways("**a _b_ c** and **d**", "*a _b_ c* and *d*");
    assert_eq!(to_textile("*em* __strong__ ~one~"), "_em_ *strong* -one-");
    reads("**bold** and __italic__ and *over\nlines*", "**bold** and _italic_ and **over  \nlines**");
}

#[test]
fn code_within_lines() {
    both_ways("`a*b*_c_`", "@a*b*_c_@");
    both_ways("`me@x.org`", "@me&#64;x.org@");
    both_ways("`a < b && <b> &amp;`", "@a < b && &lt;b> &amp;amp;@");
    both_ways("`x`s and a`y`", "<code>x</code>s and a<code>y</code>");
    both_ways("``a`b`` `` ` ``", "@a`b@ @`@");
    both_ways("ask @alice for `@code`", "ask @alice for <code>@code</code>");
    both_ways("`</code>`s", "<code><\u{200b}/code></code>s");
    reads("<code>a &amp; b</code>", "`a &amp; b`");
}

#[test]
fn code_blocks() {
    both_ways("```\nplain *text*\n\n  @x@\n```", "<pre>\nplain *text*\n\n  @x@\n</pre>");
    both_ways("```rust\nlet x = 1 < 2;\n```", "<pre><code class=\"rust\">\nlet x = 1 < 2;\n</code></pre>");
    both_ways("````\n```\n````", "<pre>\n```\n</pre>");
    both_ways("```\n</pre> <code> <b>\n```", "<pre>\n<\u{200b}/pre> <\u{200b}code> <b>\n</pre>");
    assert_eq!(to_textile("```c++ title\nx\n```"), "<pre><code class=\"cpp\">\nx\n</code></pre>");
    assert_eq!(to_textile("    indented"), "<pre>\nindented\n</pre>");
    reads("Before:\n<pre>\nx\n</pre>\nafter", "Before:\n\n```\nx\n```\n\nafter");
    reads("Text\n\n  some\n    code", "Text\n\n```\nsome\n  code\n```");
    reads("<pre>never closed", "\\<pre>never closed");
}

#[test]
fn lists() {
    both_ways("- a\n  - b\n    - c\n- d", "* a\n** b\n*** c\n* d");
    both_ways("1. a\n   - b\n   1. c\n2. d", "# a\n#* b\n## c\n# d");
    both_ways("- [ ] to do\n- [x] done", "* [ ] to do\n* [x] done");
    both_ways("- a\n\n* b\n\n- c", "* a\n\n* b\n\n* c");
    both_ways("-\n- b", "* &#32;\n* b");
    both_ways("- a  \n  b\n  ```\n  c\n  ```", "* a\nb\n<pre>\nc\n</pre>");
    assert_eq!(to_textile("7. a\n\n   b\n8. c"), "# a\nb\n# c");
    assert_eq!(to_textile("- # h\n\n  > q\n\n  - x\n\n  y"), "* *h*\nq\ny\n** x");
    reads("Steps:\n* a\n* b", "Steps:\n\n- a\n- b");
    reads("Steps:\n\n * a\n * b", "Steps:\n\n- a\n- b");
    reads("** deep\n* flat", "- deep\n- flat");
}

#[test]
fn quotes() {
    both_ways("> one", "bq. one");
    both_ways("> one\n>\n> two", "> one\n>\n> two");
    both_ways("> - a\n> - b\n>\n> > ```\n> > x\n> > y\n> > ```", "> * a\n> * b\n>\n> > <pre>\nx\ny\n</pre>");
    reads("> a\n>> b\n> c\nd", "> a\n>\n> > b\n>\n> c\n\nd");
}

#[test]
fn links() {
    both_ways("[text](https://x.org/a?b=c#d)", "\"text\":https://x.org/a?b=c#d");
    both_ways(
        "[text](/issues/12 \"title\"), [a](mailto:a@b.org).",
        "\"text(title)\":/issues/12, \"a\":mailto:a@b.org.",
    );
    both_ways("([in](https://x.org/)) x", "(\"in\":https://x.org/) x");
    both_ways("[a](https://x.org)b", "\"a\":https://x.org<notextile></notextile>b");
    both_ways("**[say \"it\" (now)](https://x.org)**", "*\"say &#34;it&#34; &#40;now&#41;\":https://x.org*");
    assert_eq!(to_textile("<https://x.org/a_b> [](https://y.org)"), "https://x.org/a_b https://y.org");
    assert_eq!(to_textile("[a](#part) [b](javascript:x)"), "a (#part) b (javascript:x)");
    assert_eq!(to_textile("[a](https://x.org/(b)_)"), "\"a\":https://x.org/%28b%29%5F");
    reads("\"text\":relative \"a\":http://x.org/b_c, ok", "\"text\":relative [a](http://x.org/b_c), ok");
}

#[test]
fn images() {
    both_ways("![](a.png) ![alt text](https://x.org/b.png)", "!a.png! !https://x.org/b.png(alt text)!");
    both_ways("[![alt](a.png)](https://x.org/b)", "!a.png(alt)!:https://x.org/b");
    both_ways("x![](a.png): y", "x<notextile></notextile>!a.png!&#58; y");
    // The mark of the heading outside makes the one within superfluous, and what is left is an image, which has no title.
    assert_eq!(
        to_textile("- - # [**![a](a.png)**](https://x.org/b \"t\")"),
        "* &#32;\n** *<notextile></notextile>!a.png(a)!:https://x.org/b<notextile></notextile>*"
    );
    assert_eq!(
        to_markdown(&to_textile("[**![a](a.png)**](https://x.org/b \"t\")")),
        "[**![a](a.png)**](https://x.org/b)"
    );
    assert_eq!(to_textile("![a (b)](<c d.png>)"), "!c%20d.png(a [b])!");
    reads("!>right.png! wow!", "!>right.png! wow!");
}

#[test]
fn tables() {
    both_ways("| a | b |\n| --- | --: |\n| 1 | 2 |", "|_. a |_>. b |\n| 1 |>. 2 |");
    both_ways("| a |\n| --- |\n| x\\|y `p\\|q` |", "|_. a |\n| x&#124;y @p&#124;q@ |");
    both_ways("| | |\n| --- | --- |\n| 1 | |", "| 1 | |");
    both_ways("| a |\n| --- |\n| x<br>y |", "|_. a |\n| x\ny |");
    reads("|_.a|_.b|\n|c|[[d|e]]|", "| a | b |\n| --- | --- |\n| c | [[d\\|e]] |");
    reads("|_. name|x|\n|\\2. wide|", "| | |\n| --- | --- |\n| **name** | x |\n| \\2. wide | |");
    reads("Look:\n|a|b|", "Look:\n\n| | |\n| --- | --- |\n| a | b |");
}

#[test]
fn rules() {
    both_ways("a\n\n---\n\nb", "a\n\n---\n\nb");
    assert_eq!(to_textile("***"), "---");
    stays_plain("\\---", "&#45;--");
}

#[test]
fn plain_text_that_looks_like_textile() {
    stays_plain("\\*a\\* \\_b\\_ -c- +d+ ^e^ %f%", "&#42;a* &#95;b_ &#45;c- &#43;d+ &#94;e^ &#37;f%");
    stays_plain("ls -l, 5*3, snake_case, a -> b, 50% of x", "ls -l, 5*3, snake_case, a -> b, 50% of x");
    stays_plain("@a b@ c", "@a b&#64; c");
    stays_plain("\"x\":/y and \"k\": 1", "\"x&#34;:/y and \"k\": 1");
    stays_plain("\\* no item\n\\# none either\n\\> nor said", "&#42; no item \n&#35; none either \n&gt; nor said");
    stays_plain("| no | table |", "&#124; no | table &#124;");
    stays_plain("h1. no\n\np(x). no\n\nbq.:x no", "h1&#46; no\n\np(x)&#46; no\n\nbq&#46;:x no");
    stays_plain("a !b! c!", "a &#33;b! c!");
    stays_plain("HTML(text), a[1], ==x==", "HTML&#40;text), a&#91;1], &#61;=x==");
    stays_plain("AT&T, \\&amp; and \\<b>x\\</b> \\<pre>", "AT&T, &amp;amp; and &lt;b>x&lt;/b> &lt;pre>");
    stays_plain("x%x% :redsh#1: 1 & 2", "x&#37;x% :redsh&#35;1: 1 & 2");
    stays_plain("https://x.org/(\\_b\\_)", "https://x.org/(<notextile></notextile>&#95;b_)");
    stays_plain("https://x.org/?a&", "https://x.org/?a<notextile></notextile>&amp;");
    stays_plain("\"a(b [c](/d1 \"t\")", "\"a&#40;b \"c(t)\":/d1");
}

#[test]
fn what_redmine_sees_in_both_formats_stays() {
    both_ways(
        "#12, @user, me@x.org, [[page|title]], {{toc}}, r3, commit:abc",
        "#12, @user, me@x.org, [[page|title]], {{toc}}, r3, commit:abc",
    );
    both_ways("https://x.org/a_b?c=d", "https://x.org/a_b?c=d");
}

#[test]
fn raw_html_is_text() {
    assert_eq!(to_textile("a <b>x</b>"), "a &lt;b>x&lt;/b>");
    assert_eq!(to_textile("<div>\nx\n</div>"), "&lt;div> \nx \n&lt;/div>");
}

#[test]
fn unknown_textile_stays_text() {
    reads("+ins+ ^sup^ ~sub~ %{color:red}span% ??cite??", "+ins+ ^sup^ \\~sub\\~ %{color:red}span% ??cite??");
    reads("h1(#id). Title", "h1(#id). Title");
    reads("fn1. Note[1]", "fn1. Note[1]");
    reads("ABC(what it is) <kbd>x</kbd>", "ABC(what it is) \\<kbd>x\\</kbd>");
    reads("*(class)text*", "\\*(class)text\\*");
    reads("&copy; &#8364; &unknown;", "© € \\&unknown;");
    reads("==*as* it _is_==", "\\*as\\* it \\_is\\_");
}

#[test]
fn unbalanced_marks_are_text() {
    for text in ["*a", "a*", "_a", "-a", "@a", "\"a", "!a", "|a", "< a", "a]", "(a", "&a"] {
        assert_eq!(to_markdown(&to_textile(text)), text);
    }
    reads("*a _b* c_", "**a \\_b** c\\_");
    reads("\"a\":", "\"a\":");
    reads("|a|b", "|a|b");
}

#[test]
fn junk_is_survived() {
    let junk: String = (1..=0x2ff_u32).chain(0x1f600..0x1f640).filter_map(char::from_u32).collect();
    let once = to_markdown(&to_textile(&junk));
    assert_eq!(to_markdown(&to_textile(&once)), once);
    let deep = format!("{}x", "> ".repeat(5000));
    assert!(to_textile(&deep).ends_with('x'));
    assert!(to_markdown(&format!("{} x", "*".repeat(5000))).ends_with("- x"));
}
