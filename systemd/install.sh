#!/bin/bash
# Put storybot on this machine as a service, or take it off: install.sh install|uninstall
# PREFIX (/usr/local) holds the programs; with DESTDIR, for packagers, all files are put below it as
# they will lie below / later. The settings in /etc/storybot and the stories in /var/lib/storybot
# are never touched once they are there. EXTRAS: the extras to install (whisper, piper), none, or
# auto: what memory and disk allow, for a package (DESTDIR) none.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
prefix=${PREFIX:-/usr/local}
dest=${DESTDIR:+$(realpath -m -- "$DESTDIR")} # as Python writes it into its scripts
dest=${dest%/}
home=$prefix/lib/storybot
units=/etc/systemd/system
beside="storybot-mqtt storybot-wyoming storybot-voice storybot-recogniser storybot-page" # units of their own beside the daemon, enabled by whoever wants them

live() { [ -z "$dest" ] && [ -d /run/systemd/system ]; }

put_program() {
    python=/usr/bin/python3 # the service's user may not run one in somebody's home
    [ -x "$python" ] || python=python3
    "$python" -m venv "$dest$home"
    always=mqtt,page,wyoming more=$(extras)
    [ -z "$more" ] || echo "installing with the extras ${more#,} (EXTRAS=none leaves them out)"
    if ! put_packages "$always$more"; then
        [ -n "$more" ] || exit 1
        echo "the extras ${more#,} could not be installed; storybot is installed without them" >&2
        put_packages "$always"
    fi
    if [ -n "$dest" ]; then # its scripts name the place they were made in
        grep -rlI --exclude-dir=lib -- "$dest$home" "$dest$home" | xargs -r sed -i "s#$dest$home#$home#g"
        find "$dest$home" -name __pycache__ -exec rm -r {} +
    fi
    mkdir -p "$dest$prefix/bin"
    ln -sf "$home/bin/storybot" "$home/bin/storyteller" "$dest$prefix/bin/"
    put_shell_files
}

put_packages() { # $1: their extras, separated by commas
    # Without DESTDIR: CMake, which builds the engine, would put it below that a second time.
    env -u DESTDIR "$dest$home/bin/python" -m pip install -q --disable-pip-version-check "$here/..[$1]"
}

# ",whisper,piper": what is wished for, or what memory and disk allow.
extras() {
    wanted=${EXTRAS:-auto}
    if [ "$wanted" = auto ]; then
        [ -z "$dest" ] || return 0
        memory=$(awk '$1 == "MemTotal:" {print $2}' /proc/meminfo)
        disk=$(df -Pk "$home" | awk 'NR == 2 {print $4}')
        wanted=$("$here/extras.sh" "$memory" "$disk" "$(uname -m)")
    fi
    for extra in ${wanted//,/ }; do
        [ "$extra" = none ] || printf ',%s' "$extra"
    done
}

# Whether it is there and EXTRAS does not leave it out; auto alone may leave it out for want of the
# disk that it fills itself by now.
whisper_is_wanted() {
    compgen -G "$dest$home/lib/python3*/site-packages/faster_whisper" >/dev/null || return 1
    case " $(tr , ' ' <<<"${EXTRAS:-auto}") " in
        *" auto "* | *" whisper "*) return 0 ;;
    esac
    return 1
}

put_shell_files() {
    share=$dest$prefix/share
    install -D -m 644 "$here/../shell/storybot.bash" "$share/bash-completion/completions/storybot"
    install -D -m 644 "$here/../shell/_storybot" "$share/zsh/site-functions/_storybot"
    install -D -m 644 "$here/../shell/storybot.1" "$share/man/man1/storybot.1"
}

put_service() {
    install -d "$dest$units/storybot.service.d" "$dest/etc/sysusers.d" "$dest/etc/tmpfiles.d" \
        "$dest/etc/udev/rules.d" "$dest/etc/storybot"
    sed "s#@BINDIR@#$prefix/bin#" "$here/storybot.service" > "$dest$units/storybot.service"
    install -D -m 644 -t "$dest$units/storybot-.service.d" "$here/storybot-.service.d/10-beside.conf"
    for name in $beside; do
        sed "s#@BINDIR@#$prefix/bin#g" "$here/$name.service" > "$dest$units/$name.service"
    done
    version=$(systemctl --version 2>/dev/null | awk 'NR == 1 {print $2}' || true)
    if [ "${version:-0}" -ge 254 ]; then
        install -m 644 "$here/storybot.service.d/50-growing-delay.conf" \
            "$dest$units/storybot.service.d/"
    fi
    rm -f "$dest$units/storybot.service.d/60-whisper.conf" # of a run with other extras
    if [ "$(uname -m)" = x86_64 ] && whisper_is_wanted; then
        install -m 644 "$here/storybot.service.d/60-whisper.conf" "$dest$units/storybot.service.d/"
    fi
    install -m 644 "$here/storybot.sysusers" "$dest/etc/sysusers.d/storybot.conf"
    install -m 644 "$here/storybot.tmpfiles" "$dest/etc/tmpfiles.d/storybot.conf"
    install -m 644 "$here/60-storybot.rules" "$dest/etc/udev/rules.d/"
    if [ -e "$dest/etc/storybot/config.yaml" ]; then
        install -m 644 "$here/../config.yaml" "$dest/etc/storybot/config.yaml.new"
    else
        install -m 644 "$here/../config.yaml" "$dest/etc/storybot/config.yaml"
    fi
    if live; then
        systemd-sysusers /etc/sysusers.d/storybot.conf
        systemctl daemon-reload
        systemd-tmpfiles --create /etc/tmpfiles.d/storybot.conf
        udevadm control --reload 2>/dev/null || true
        udevadm trigger -s sound -s usb -s tty -s gpio -s leds 2>/dev/null || true
        systemctl try-restart storybot.service $(printf '%s.service ' $beside)
        echo "storybot is installed; start it now and at every boot with:"
        echo "  systemctl enable --now storybot"
    fi
}

remove() {
    if live; then
        systemctl disable --now storybot.service $(printf '%s.service ' $beside) 2>/dev/null || true
    fi
    for name in $beside; do
        rm -f "$dest$units/$name.service"
    done
    rm -f "$dest$units/storybot.service" "$dest/etc/sysusers.d/storybot.conf" \
        "$dest/etc/tmpfiles.d/storybot.conf" "$dest/etc/udev/rules.d/60-storybot.rules" \
        "$dest$units/storybot.service.d/50-growing-delay.conf" \
        "$dest$units/storybot.service.d/60-whisper.conf" \
        "$dest$units/storybot-.service.d/10-beside.conf" \
        "$dest$prefix/bin/storybot" "$dest$prefix/bin/storyteller" \
        "$dest$prefix/share/bash-completion/completions/storybot" \
        "$dest$prefix/share/zsh/site-functions/_storybot" "$dest$prefix/share/man/man1/storybot.1"
    rmdir "$dest$units/storybot.service.d" "$dest$units/storybot-.service.d" 2>/dev/null || true
    rm -rf "$dest$home"
    if live; then
        systemctl daemon-reload
        echo "storybot is gone; its settings are still in /etc/storybot, its stories in /var/lib/storybot."
    fi
}

case ${1:-} in
    install)
        put_program
        put_service
        ;;
    service) put_service ;;
    uninstall) remove ;;
    *) echo "usage: $0 install|service|uninstall" >&2; exit 2 ;;
esac
