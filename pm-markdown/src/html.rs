//! What Markdown takes for HTML that stands on lines of its own.
//!
//! Source: <https://spec.commonmark.org/0.31.2/#html-blocks>.

/// Tells whether HTML is a line break, which Markdown can say itself.
pub(crate) fn is_line_break(html: &str) -> bool {
    let inner = html.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or_default();
    inner.trim_end_matches('/').trim_end().eq_ignore_ascii_case("br")
}

/// Tells whether a block of HTML goes on until something closes it, and nothing does: it takes in what follows.
pub(crate) fn is_unclosed(html: &str) -> bool {
    let lower = html.to_ascii_lowercase();
    let closers: &[&str] = match () {
        () if lower.starts_with("<!--") => &["-->"],
        () if lower.starts_with("<?") => &["?>"],
        () if lower.starts_with("<![cdata[") => &["]]>"],
        () if lower.starts_with("<!") => &[">"],
        () if VERBATIM.contains(&name(&lower)) => &["</pre>", "</script>", "</style>", "</textarea>"],
        () => return false,
    };
    !closers.iter().any(|closer| lower.contains(closer))
}

/// Tells whether a line that begins with this tag is a block of HTML, even inside a paragraph.
pub(crate) fn opens_block(html: &str) -> bool {
    let lower = html.to_ascii_lowercase();
    let name = name(&lower);
    lower.starts_with("<!") || lower.starts_with("<?") || VERBATIM.contains(&name) || BLOCKS.contains(&name)
}

fn name(html: &str) -> &str {
    let inner = html.strip_prefix("</").or_else(|| html.strip_prefix('<')).unwrap_or_default();
    let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    &inner[..length]
}

const VERBATIM: [&str; 4] = ["pre", "script", "style", "textarea"];

const BLOCKS: [&str; 62] = [
    "address",
    "article",
    "aside",
    "base",
    "basefont",
    "blockquote",
    "body",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "menuitem",
    "nav",
    "noframes",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "track",
    "ul",
];
