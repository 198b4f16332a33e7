# Prints public items of one Rust file (-v file=NAME) that name a type of another library's crate.
# It reads text, not Rust: glob imports and renamed modules are beyond it.

BEGIN {
    split("reqwest reqwest_middleware sea_orm sea_orm_migration sqlx octocrab", list, " ")
    for (i in list) crates[list[i]]
    # An application brings its own connection through these functions.
    allowed["database", "DatabaseConnection"]
    allowed["from_connection", "DatabaseConnection"]
}

# Test modules stand at the end of a file.
/^#\[cfg\(test\)\]/ { exit }

{
    sub(/\/\/.*/, "")
    if (item == "" && match($0, /^ *(pub )?use /)) start("use")
    else if (item == "" && match($0, /^ *pub /)) start(/^ *pub (unsafe )?(trait|enum) /  ? "body" : "signature")
    if (item != "") collect($0)
}

function start(new_kind) {
    kind = new_kind
    line = FNR
    item = " "
    depth = 0
    opened = 0
}

function collect(text) {
    item = item text " "
    if (kind == "body") {
        depth += gsub(/\{/, "{", text) - gsub(/\}/, "}", text)
        if (index(item, "{")) opened = 1
        if ((opened && depth <= 0) || (!opened && text ~ /;/)) finish()
    } else if (kind == "use" ? text ~ /;/ : text ~ /[{;]/ || is_field(item) && text ~ /, *$/) finish()
}

# `pub name: Type,`
function is_field(text) { return text ~ /^ *pub [a-z_0-9]+ *:/ }

function finish() {
    if (kind == "use") remember(item)
    if (kind != "use" || item ~ /^ *pub /) report(item)
    item = ""
}

# Private fields of a tuple struct are nobody's business.
function public_part(text) {
    if (text ~ /^ *pub struct [A-Za-z0-9_]+(<[^>]*>)? *\(/ && text !~ /\( *pub |, *pub /) sub(/\(.*/, "", text)
    return text
}

function report(text,    words, count, i, name) {
    name = text
    if (!sub(/.* fn +/, "", name)) name = ""
    sub(/[^a-z0-9_].*/, "", name)
    text = public_part(text)
    gsub(/[^A-Za-z0-9_]+/, " ", text)
    count = split(text, words, " ")
    for (i = 1; i <= count; i++) {
        if (((words[i] in crates) || (words[i] in imported)) && !((name, words[i]) in allowed)) {
            print file ":" line ": `" words[i] "` in `" shortened(item) "`"
            return
        }
    }
}

# Remembers what a `use` of a foreign crate brings into scope; with `as`, the new name.
function remember(text,    words, count, i, first) {
    sub(/^ *(pub )?use +(::)?/, "", text)
    first = text
    sub(/[^A-Za-z0-9_].*/, "", first)
    if (!(first in crates)) return
    gsub(/[^A-Za-z0-9_]+/, " ", text)
    count = split(text, words, " ")
    for (i = 2; i <= count; i++) if (words[i] ~ /^[A-Z]/ && words[i + 1] != "as") imported[words[i]]
}

function shortened(text) {
    gsub(/ +/, " ", text)
    sub(/^ /, "", text)
    return substr(text, 1, 90)
}
