# How deep the stack gets below a call of each of a network's functions, from the call graphs of gcc -fcallgraph-info=su:
#   awk -v name=NETWORK -f stack.awk FILE.ci ...
# Exit code 1: a function calls itself, by detours perhaps, or takes room that is not known.

function value(key,    rest) {
    rest = substr($0, index($0, " " key ": \"") + length(key) + 4)
    return substr(rest, 1, index(rest, "\"") - 1)
}

function short(title) {
    return substr(title, match(title, /[^:]*$/))
}

# The bytes that a function and the deepest of what it calls take; `path` of it is how they are called.
function depth(title,    deepest, calls, count, i, below) {
    if (title in known) return known[title]
    if (!(title in bytes)) {
        outside[short(title)] = 1
        return 0
    }
    if (title in active) {
        print short(title) " calls itself"
        failed = 1
        return 0
    }
    active[title] = 1
    path[title] = short(title)
    count = split(callees[title], calls, "\n")
    for (i = 2; i <= count; ++i) {
        below = depth(calls[i])
        if (below > deepest) {
            deepest = below
            path[title] = short(title) ", " path[calls[i]]
        }
    }
    delete active[title]
    return known[title] = bytes[title] + deepest
}

/^node:/ {
    if (match(value("label"), /[0-9]+ bytes \([a-z,]*\)/)) {
        usage = substr(value("label"), RSTART, RLENGTH)
        bytes[value("title")] = usage + 0
        if (usage ~ /dynamic/ && usage !~ /bounded/) {
            print short(value("title")) " takes room that is not known"
            failed = 1
        }
    }
}

/^edge:/ { callees[value("sourcename")] = callees[value("sourcename")] "\n" value("targetname") }

function sort(names, last,    i, j, name) {
    for (i = 2; i <= last; ++i)
        for (j = i; j > 1 && names[j] < names[j - 1]; --j) {
            name = names[j]
            names[j] = names[j - 1]
            names[j - 1] = name
        }
}

END {
    for (title in bytes) if (index(title, name "_") == 1) functions[++last] = title
    sort(functions, last)
    for (i = 1; i <= last; ++i) {
        total = depth(functions[i])
        print functions[i] ": at most " total " bytes, in " path[functions[i]]
    }
    for (title in outside) others[++count] = title
    sort(others, count)
    for (i = 1; i <= count; ++i) text = text " " others[i]
    if (count) print "beside what these take, of the compiler's, the C library's or (__indirect_call) the trace:" text
    if (failed) exit 1
}
