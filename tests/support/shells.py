"""Real shells that complete a command line: what bash, zsh and fish offer."""

import os
import pty
import re
import select
import subprocess
import time

# Longer than a shell needs on a busy machine.
PATIENCE_S = 60


def bash(script, words, cwd, environment):
    """What bash would offer for these words, of which the last one is being typed."""
    code = (f"source {script}\n"
            # Outside of a completion there are no options of one.
            "compopt() { :; }\n"
            f"COMP_WORDS=({' '.join(repr(word) for word in words)})\n"
            "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
            "$(complete -p kansen | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n"
            "printf '%s\\n' \"${COMPREPLY[@]}\"\n")
    done = subprocess.run(["bash", "--norc", "-c", code], cwd=cwd, env=environment, capture_output=True,
                          text=True, timeout=PATIENCE_S, check=True)
    assert done.stderr == ""
    return sorted(filter(None, (line.strip() for line in done.stdout.splitlines())))


def fish(script, words, cwd, environment):
    done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C {' '.join(words)!r}"],
                          cwd=cwd, env=environment, capture_output=True, text=True, timeout=PATIENCE_S,
                          check=True)
    assert done.stderr == ""
    return sorted(line.split("\t")[0] for line in done.stdout.splitlines())


def zsh(script, words, cwd, environment):
    """A zsh at a terminal; what it lists below the line when Tab is pressed."""
    # Each match on a line of its own between marks, instead of a list for people.
    setup = ("autoload -Uz compinit; compinit -u -D; "
             "compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd \"$@\"; return; fi; "
             "local -a found; builtin compadd -O found \"$@\"; "
             "(($#found)) && print -rl -- '<'${^found}'>' >> $MATCHES; builtin compadd \"$@\"; }; "
             # What is typed behind a Tab would keep it from completing: a sign that it has.
             "pressed() { zle complete-word; print done > $MATCHES.done }; zle -N pressed; bindkey '^I' pressed; "
             f"source {script}; PS1='ready> '; print set up\r")
    matches = os.path.join(str(cwd), "zsh-matches")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.execvpe("zsh", ["zsh", "-f", "-i"], environment | {"MATCHES": matches, "TERM": "dumb"})
    said = b""

    def wait_for(mark):
        nonlocal said
        end = time.monotonic() + PATIENCE_S
        while not mark():
            assert time.monotonic() < end, said.decode("utf-8", "replace")
            if select.select([terminal], [], [], 0.2)[0]:
                said += os.read(terminal, 65536)

    try:
        os.write(terminal, setup.encode())
        wait_for(lambda: b"\nset up" in said)
        os.write(terminal, " ".join(words).encode() + b"\t")
        wait_for(lambda: os.path.exists(f"{matches}.done"))
        os.unlink(f"{matches}.done")
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    try:
        with open(matches, encoding="utf-8") as file:
            return sorted(set(re.findall(r"<(.*?)>", file.read())))
    except FileNotFoundError:
        return []
