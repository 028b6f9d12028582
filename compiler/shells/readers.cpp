// Which programs read their arguments as code, and how each of them is given a value instead.
#include "shells/readers.h"

#include "shells/text.h"

namespace sluice::shells {
namespace {

using Argument = CodeReader::Argument;

constexpr std::string_view as_argument = "pass it as an argument: `-c '… \"$1\" …' _ ${{ %h }}`";
constexpr std::string_view by_name = "give it a name with `env { %v: %h }` and write `\"$%v\"` in single quotes";
constexpr std::string_view quoted_for_host =
    "give it a name with `env { %v: %h }` and write `$(printf %q \"$%v\")` in the command";
constexpr std::string_view from_python =
    "give it a name with `env { %v: %h }` and read `os.environ[\"%v\"]` in the code";
constexpr std::string_view from_perl = "give it a name with `env { %v: %h }` and read `$ENV{%v}` in the code";
constexpr std::string_view from_ruby = "give it a name with `env { %v: %h }` and read `ENV[\"%v\"]` in the code";
constexpr std::string_view from_node = "give it a name with `env { %v: %h }` and read `process.env.%v` in the code";
constexpr std::string_view from_php = "give it a name with `env { %v: %h }` and read `getenv(\"%v\")` in the code";
constexpr std::string_view from_lua = "give it a name with `env { %v: %h }` and read `os.getenv(\"%v\")` in the code";
constexpr std::string_view from_awk = "give it a name with `env { %v: %h }` and read `ENVIRON[\"%v\"]` in the program";
constexpr std::string_view for_sed =
    "sed has no variables: use awk with `ENVIRON[\"%v\"]`, or perl with `$ENV{%v}`, and `env { %v: %h }`";
constexpr std::string_view for_jq = "pass it beside the program: `--arg v ${{ %h }}`, and `$v` in the program";
constexpr std::string_view for_gh = "give it a name with `env { %v: %h }` and read `env.%v` in the program";
constexpr std::string_view for_yq = "give it a name with `env { %v: %h }` and read `strenv(%v)` in the program";
constexpr std::string_view for_psql =
    "pass it beside the statement: `psql -v v=${{ %h }}`, with the statement on standard input and `:'v'` in it";
constexpr std::string_view for_sql =
    "this client has no parameters on its command line: run the statement from a program that has them";
constexpr std::string_view for_powershell = "give it a name with `env { %v: %h }` and read `$env:%v` in the code";

constexpr CodeReader readers[] = {
    {"bash sh dash ash zsh ksh", Argument::flagged, "-c", "-o -O +o +O --rcfile --init-file", "", true, "",
     as_argument},
    {"fish", Argument::flagged, "-c --command -C", "", "", true, "", by_name},
    {"eval", Argument::all, "", "", "", false, "", "leave out `eval`: a value needs no second reading"},
    {"trap", Argument::first, "", "", "", false, "", by_name},
    {"alias", Argument::all, "", "", "", false, "", "write a function, and `\"$1\"` in it"},
    {"ssh", Argument::behind_first, "", "-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w", "", true, "",
     quoted_for_host},
    {"su runuser", Argument::flagged, "-c --command --session-command", "", "", false, "",
     "pass it as an argument: `-c '… \"$1\" …' -- _ ${{ %h }}`"},
    {"script flock", Argument::flagged, "-c --command", "", "", false, "", by_name},
    {"watch", Argument::all, "", "", "", false, "", by_name},
    {"parallel", Argument::first, "", "-j -a --jobs --joblog -N -n -I", "", false, "", by_name},
    {"python python2 python3", Argument::flagged, "-c", "-W -X -m", "", true, "", from_python},
    {"perl", Argument::flagged, "-e -E", "", "", true, "", from_perl},
    {"ruby", Argument::flagged, "-e", "", "", true, "", from_ruby},
    {"node nodejs bun", Argument::flagged, "-e -p --eval --print", "-r --require --import", "", true, "", from_node},
    {"deno", Argument::all, "", "", "", false, "eval", from_node},
    {"source .", Argument::flagged, "", "", "", true, "", "write the command itself, without `source`"},
    {"env", Argument::flagged, "-S --split-string", "", "", false, "", by_name},
    {"npx", Argument::flagged, "-c --call", "", "", false, "", by_name},
    {"npm", Argument::flagged, "-c --call", "", "", false, "exec x", by_name},
    {"nix-shell", Argument::flagged, "--run --command", "", "", false, "", by_name},
    {"groovy elixir julia", Argument::flagged, "-e -E", "", "", true, "", by_name},
    {"tclsh", Argument::flagged, "", "", "", true, "", by_name},
    {"expect", Argument::flagged, "-c", "", "", true, "", by_name},
    {"gdb", Argument::flagged, "-ex -iex --eval-command --init-eval-command", "", "", false, "", by_name},
    {"vim nvim ex", Argument::flagged, "-c --cmd", "", "", false, "", by_name},
    {"crontab", Argument::flagged, "", "", "", true, "", by_name},
    {"at batch", Argument::flagged, "", "", "", true, "", by_name},
    {"socat tmux screen", Argument::all, "", "", "", false, "", by_name},
    {"curl", Argument::flagged, "", "", "-K --config", false, "", "give curl its options as arguments"},
    {"make gmake", Argument::flagged, "--eval", "", "-f --file", false, "",
     "give it a name with `env { %v: %h }` and write `\"$$%v\"` in the recipe"},
    {"tar", Argument::flagged,
     "--checkpoint-action --to-command -I --use-compress-program -F --info-script --new-volume-script --rsh-command",
     "", "", false, "", by_name},
    {"php", Argument::flagged, "-r -B -R -E", "", "", true, "", from_php},
    {"lua", Argument::flagged, "-e", "", "", true, "", from_lua},
    {"Rscript osascript", Argument::flagged, "-e", "", "", false, "", by_name},
    {"pwsh powershell", Argument::flagged, "-c -Command -command -EncodedCommand", "", "", false, "", for_powershell},
    {"cmd cmd.exe", Argument::flagged, "/c /C /k /K", "", "", false, "", by_name},
    {"jq gojq jaq", Argument::first, "",
     "--indent -L --arg --arg --argjson --argjson --slurpfile --slurpfile --rawfile --rawfile", "-f --from-file", false,
     "", for_jq},
    {"yq", Argument::first, "", "-o -p -I --output-format --input-format --indent", "--from-file", false, "", for_yq},
    {"gh", Argument::flagged, "-q --jq", "", "", false, "", for_gh},
    {"sed gsed", Argument::first, "-e --expression", "-l --line-length", "-f --file", false, "", for_sed},
    {"awk gawk mawk nawk", Argument::first, "-e --source", "-F -v --assign --field-separator", "-f --file", false, "",
     from_awk},
    {"psql", Argument::flagged, "-c --command", "-d -h -p -U -v -f -o -P -F -R -T", "-f --file", true, "", for_psql},
    {"mysql mariadb", Argument::flagged, "-e --execute", "", "", true, "", for_sql},
    {"sqlite3 duckdb", Argument::behind_first, "", "-separator -init", "", true, "", for_sql},
    {"sqlcmd clickhouse-client", Argument::flagged, "-Q -q --query", "", "", true, "", for_sql},
    {"bq", Argument::all, "", "", "", false, "query", for_sql},
    {"redis-cli", Argument::first, "", "", "", false, "eval EVAL", "pass it behind the number of keys, as `ARGV[1]`"},
    {"mongosh mongo", Argument::flagged, "--eval", "", "", true, "", from_node},
    {"rsync", Argument::flagged, "-e --rsh --rsync-path", "", "", false, "", by_name},
    {"git", Argument::flagged,
     "--exec --tree-filter --index-filter --msg-filter --env-filter --upload-pack --receive-pack --extcmd "
     "--open-files-in-pager",
     "", "", false, "", by_name},
};

constexpr Wrapper wrappers[] = {
    {"sudo doas", "-u -g -h -p -C -D -R -T --user --group", 0},
    {"env", "-u -C -S --unset --chdir", 0},
    {"command builtin exec nohup setsid time busybox unbuffer", "-a -f -o", 0},
    {"nice ionice", "-n -c -p --adjustment", 0},
    {"timeout", "-k -s --kill-after --signal", 1},
    {"stdbuf", "-i -o -e", 0},
    {"chroot", "", 1},
    {"xargs", "-I -i -n -P -L -d -E -a -s --max-args --max-procs --delimiter --replace --arg-file", 0},
    {"strace ltrace", "-e -o -p", 0},
};

template <typename Entry, std::size_t size>
const Entry* find(const Entry (&table)[size], llvm::StringRef name) {
  for (const Entry& entry : table)
    if (has_word(entry.names, name)) return &entry;
  return nullptr;
}

}  // namespace

llvm::StringRef base_name(llvm::StringRef program) { return program.substr(program.rfind('/') + 1); }

const CodeReader* find_reader(llvm::StringRef program) {
  llvm::StringRef name = base_name(program);
  // `python3.11` is a python.
  if (name.startswith("python")) name = name.rtrim("0123456789.");
  return find(readers, name);
}

const Wrapper* find_wrapper(llvm::StringRef program) { return find(wrappers, base_name(program)); }

}  // namespace sluice::shells
