# Breaks comments that are longer than 120 columns between words. usage: awk -f eng/wrap-comments.awk file.cs
function wrap(indent, text,    words, count, line, index_) {
    count = split(text, words, " ")
    line = indent
    for (index_ = 1; index_ <= count; index_++) {
        if (line != indent && length(line) + 1 + length(words[index_]) > 120) {
            print line
            line = indent
        }
        line = line " " words[index_]
    }
    print line
}

length($0) > 120 && match($0, /^ *\/\/\/ <summary>.*<\/summary>$/) {
    match($0, /^ *\/\/\//)
    indent = substr($0, 1, RLENGTH)
    text = substr($0, RLENGTH + 11)
    print indent " <summary>"
    wrap(indent, substr(text, 1, length(text) - 10))
    print indent " </summary>"
    next
}

length($0) > 120 && match($0, /^ *\/\/\/? /) {
    wrap(substr($0, 1, RLENGTH - 1), substr($0, RLENGTH + 1))
    next
}

{ print }
