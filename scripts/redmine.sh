#!/usr/bin/env bash
# A real Redmine for tests and for trying things out: a server of its own, with a database and a folder of its own, that
# leaves nothing behind. A Redmine that the machine has is never touched: only its program files are used.
#
#   scripts/redmine.sh up [--text-format common_mark|textile] [--port PORT] [--members]
#       starts one in the background and prints REDMINE_URL=, REDMINE_API_KEY= (an administrator's),
#       REDMINE_USER_API_KEY= (a plain user's) and more; there is one at a time. With --members the plain users become
#       members of every project that is made, as managers.
#   scripts/redmine.sh down
#       stops it.
#   scripts/redmine.sh run [the same options]
#       runs one in the foreground until its standard input ends: what the tests use, so that it ends with them whatever
#       becomes of them.
#
# It needs Debian's packages redmine, redmine-sqlite and puma; as root, missing ones are installed.
set -euo pipefail

packages=(redmine redmine-sqlite puma)
app=/usr/share/redmine
state="${TMPDIR:-/tmp}/pm-core-redmine-$(id -u)"

say() { echo "redmine.sh: $*" >&2; }

install_packages() {
    local missing=()
    for package in "${packages[@]}"; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "left out: missing ${missing[*]}; on Debian: apt-get install --no-install-recommends ${missing[*]}"
        exit 3
    fi
    export DEBIAN_FRONTEND=noninteractive
    debconf-set-selections <<'ANSWERS'
redmine redmine/instances/default/dbconfig-install boolean true
redmine redmine/instances/default/database-type select sqlite3
redmine redmine/default-language select en
ANSWERS
    { apt-get update -q && apt-get install -y -q --no-install-recommends "${missing[@]}"; } >&2
}

# Files that the server reads; everything is under one folder.
write_files() {
    local folder="$1"
    mkdir -p "$folder"/{config,log,tmp/cache,files,public/plugin_assets}
    cat >"$folder/config/database.yml" <<YAML
production:
  adapter: sqlite3
  database: $folder/redmine.sqlite3
  timeout: 20000
YAML
    head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$folder/config/secret_key.txt"
    cat >"$folder/config.ru" <<'RUBY'
folder = ENV.fetch('PM_REDMINE_FOLDER')
ending = lambda do
  require 'fileutils'
  FileUtils.rm_rf(folder)
end
at_exit(&ending)
# Whoever holds the other end of the standard input is gone: so are we.
Thread.new do
  $stdin.read
  # Requests that are under way may still write: the folder goes after us.
  Process.detach(Process.spawn('sh', '-c', 'sleep 1; rm -rf -- "$0"', folder, pgroup: true, %i[in out err] => File::NULL))
  exit!(0)
end

require "#{ENV.fetch('PM_REDMINE_APP')}/config/environment"

# A write that begins as a read fails at once when another one was faster, and one that waits for the database keeps
# all other threads from going on: a real server has a database that knows how to wait.
module WaitForTheDatabase
  def begin_db_transaction
    log('begin immediate transaction', nil) { @connection.transaction(:immediate) }
  end

  def configure_connection
    super
    @connection.busy_handler do |count|
      sleep 0.002
      count < 10_000
    end
  end
end
ActiveRecord::ConnectionAdapters::SQLite3Adapter.prepend(WaitForTheDatabase)
ActiveRecord::Base.clear_all_connections!

connection = ActiveRecord::Base.connection
connection.execute('PRAGMA journal_mode = WAL')
connection.execute('PRAGMA synchronous = OFF')
ActiveRecord::Migration.verbose = false
connection.migration_context.migrate
ActiveRecord::Base.descendants.each(&:reset_column_information)
Redmine::DefaultData::Loader.load('en')

# Other databases give no id twice. SQLite does, once migrations have rebuilt a table.
module EachIdOnce
  LOCK = Mutex.new
  LAST = Hash.new(0)

  def self.next(model)
    LOCK.synchronize { LAST[model] = [LAST[model], model.maximum(:id).to_i].max + 1 }
  end
end
[Project, Issue, Version, Journal, IssueRelation].each do |model|
  model.before_create { self.id ||= EachIdOnce.next(model) }
end

Setting.rest_api_enabled = '1'
Setting.default_projects_public = '1'
Setting.text_formatting = ENV.fetch('PM_REDMINE_TEXT_FORMAT')

def user(login, first, last, admin)
  user = User.find_by_login(login) || User.new
  user.attributes = { firstname: first, lastname: last, mail: "#{login}@example.org" }
  user.login = login
  user.admin = admin
  user.must_change_passwd = false
  user.status = User::STATUS_ACTIVE
  user.password = user.password_confirmation = SecureRandom.hex(16)
  user.save!
  user
end

def key(user)
  user.api_key
end

admin = user('admin', 'Ada', 'Admin', true)
bob = user('bob', 'Bob', 'Builder', false)
carol = user('carol', 'Carol', 'Coder', false)
field = { is_for_all: true, trackers: Tracker.all, field_format: 'string' }
IssueCustomField.create!(field.merge(name: 'Colour'))
IssueCustomField.create!(field.merge(name: 'Count', field_format: 'int'))
IssueCustomField.create!(field.merge(name: 'Size', field_format: 'list', possible_values: %w[S M L]))

if ENV['PM_REDMINE_MEMBERS'] == 'yes'
  Project.after_create do |project|
    [bob, carol].each { |user| Member.create!(project: project, principal: user, roles: [Role.givable.first]) }
  end
end

puts "REDMINE_API_KEY=#{key(admin)}"
puts "REDMINE_USER_API_KEY=#{key(bob)}"
puts "REDMINE_USER_ID=#{bob.id}"
puts "REDMINE_OTHER_USER_ID=#{carol.id}"
puts "REDMINE_MANAGER_ROLE_ID=#{Role.givable.first.id}"
puts "REDMINE_REPORTER_ROLE_ID=#{Role.givable.last.id}"
puts "REDMINE_VERSION=#{Redmine::VERSION}"
$stdout.flush

run RedmineApp::Application
RUBY
}

run_server() {
    local text_format="$1" port="$2" members="$3" folder as=()
    install_packages
    folder="$(mktemp -d "${TMPDIR:-/tmp}/pm-core-redmine.XXXXXXXX")"
    write_files "$folder"
    if [ "$(id -u)" -eq 0 ]; then
        chown -R www-data:www-data "$folder"
        as=(setpriv --reuid www-data --regid www-data --init-groups)
    fi
    cd "$app"
    # The name of an instance is a path below the program's own folder; enough steps up lead to ours.
    exec "${as[@]}" env \
        X_DEBIAN_SITEID="../../../../../../../..$folder" RAILS_ENV=production RAILS_LOG_TO_STDOUT= HOME="$folder" \
        PM_REDMINE_APP="$app" PM_REDMINE_FOLDER="$folder" PM_REDMINE_TEXT_FORMAT="$text_format" \
        PM_REDMINE_MEMBERS="$members" \
        puma -e production -t 1:5 -b "tcp://127.0.0.1:$port" "$folder/config.ru"
}

up() {
    if [ -f "$state/ready" ] && kill -0 "$(cat "$state/holder")" 2>/dev/null; then
        cat "$state/ready"
        return
    fi
    down
    mkdir -p "$state"
    mkfifo "$state/hold"
    # Holds nothing of the caller's: a pipe that waits for the end of this script must not wait for this.
    sleep infinity </dev/null >"$state/hold" 2>/dev/null &
    echo $! >"$state/holder"
    "$0" run "$@" <"$state/hold" >"$state/out" 2>"$state/err" &
    local server=$!
    for _ in $(seq 1 600); do
        if grep -q '^\* Listening on ' "$state/out"; then
            { sed -n 's/^\* Listening on /REDMINE_URL=/p' "$state/out"; grep '^REDMINE_' "$state/out"; } >"$state/ready.new"
            mv "$state/ready.new" "$state/ready"
            cat "$state/ready"
            return
        fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 20 "$state/err" "$state/out" >&2
    down
    exit 1
}

down() {
    if [ -f "$state/holder" ]; then
        kill "$(cat "$state/holder")" 2>/dev/null || true
    fi
    rm -rf "$state"
}

action="${1:-}"
[ $# -gt 0 ] && shift
text_format=common_mark port=0 members=no
given=("$@")
while [ $# -gt 0 ]; do
    case "$1" in
        --text-format) text_format="${2:?}"; shift 2 ;;
        --port) port="${2:?}"; shift 2 ;;
        --members) members=yes; shift ;;
        *) say "unknown option $1"; exit 2 ;;
    esac
done
case "$action" in
    up) up "${given[@]}" ;;
    down) down ;;
    run) run_server "$text_format" "$port" "$members" ;;
    *) say "say up, down or run; the head of this file says more"; exit 2 ;;
esac
