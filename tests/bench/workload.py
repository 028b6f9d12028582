"""One workload in two languages: a workflow of N jobs with five steps each, every job written out, as .pipe and as
.jsonnet. A job waits for one or two jobs about ten before it, so the graph is wide and deep."""
import textwrap


def job_name(number):
    return f"job-{number:05}"


def needs(number):
    near, far = number - 10, number - 10 - number % 3
    return sorted({job_name(near), job_name(far if far >= 0 else near)}) if near >= 0 else []


def stage(number):
    after = f" after {', '.join(needs(number))}" if needs(number) else ""
    return textwrap.indent(textwrap.dedent(f'''\
        stage {job_name(number)} "Job {number}"{after} {{
          timeout 30m
          env {{ INDEX: "{number}" }}
          checkout()
          step setup "Setup" {{ uses "actions/setup-node@v4" {{ with {{ node-version: "20" }} }} }}
          step install "Install" {{ run "npm ci" }}
          step build "Build" {{
            run """
              npm run build -- --shard={number}
              echo "sha=${{{{ github.sha }}}}" >> "$GITHUB_OUTPUT"
              """
            output sha: string
          }}
          step test "Test" when github.ref == "refs/heads/main" {{
            env {{ CI: "true", SHA: build.sha }}
            run "npm test -- --shard={number}"
          }}
        }}
        '''), "  ")


def pipe(jobs):
    head = 'pipeline ci "CI" {\n  on push { branches "main" }\n  on pull_request\n\n'
    return head + "\n".join(stage(number) for number in range(jobs)) + "}\n"


def jsonnet_job(number):
    names = ", ".join(f'"{name}"' for name in needs(number))
    build = f"npm run build -- --shard={number}\\necho \\\"sha=${{{{ github.sha }}}}\\\" >> \\\"$GITHUB_OUTPUT\\\"\\n"
    return textwrap.indent(textwrap.dedent(f'''\
        "{job_name(number)}": {{
          name: "Job {number}",
          "runs-on": "ubuntu-24.04",
          needs: [{names}],
          "timeout-minutes": 30,
          permissions: {{ contents: "read" }},
          env: {{ INDEX: "{number}" }},
          steps: [
            {{ name: "Checkout", uses: "actions/checkout@v4", with: {{ "persist-credentials": false }} }},
            {{ name: "Setup", uses: "actions/setup-node@v4", with: {{ "node-version": "20" }} }},
            {{ name: "Install", shell: "bash", run: "npm ci" }},
            {{ name: "Build", id: "build", shell: "bash", run: "{build}" }},
            {{
              name: "Test", "if": "github.ref == 'refs/heads/main'", shell: "bash",
              env: {{ CI: "true", SHA: "${{{{ steps.build.outputs.sha }}}}" }}, run: "npm test -- --shard={number}",
            }},
          ],
        }},
        '''), "    ")


def jsonnet(jobs):
    head = '{\n  name: "CI",\n  on: { push: { branches: ["main"] }, pull_request: {} },\n  permissions: {},\n  jobs: {\n'
    return head + "".join(jsonnet_job(number) for number in range(jobs)) + "  },\n}\n"
