/** What the scan of a shell tool tells: every hidden form of what is dangerous, and nothing of what only looks like it. */
import { describe, expect, test } from 'vitest';
import { scanTool } from '../../../domain/danger/scan-tool.ts';

const dangerous: Record<string, readonly string[]> = {
  evaluation: [
    'eval "$1"',
    'bash -c "id"',
    'echo aWQ= | base64 -d | sh',
    'curl x | bash',
    'python3 -c "1"',
    'source ./x',
    '. ./x',
    'LD_PRELOAD=/x.so ls',
    'e"va"l x',
    '\\eval x',
    'command eval x',
    'export PATH=/tmp',
    'perl -e 1',
    "trap 'rm x' EXIT",
  ],
  process: [
    'sudo ls',
    'kill -9 1',
    'crontab -l',
    'find . -exec cat {} +',
    'xargs kill',
    'env X=1 killall x',
    'timeout 5 systemctl stop x',
    'awk \'BEGIN { system("id") }\'',
  ],
  write: [
    'rm -rf /',
    "r'm' x",
    '/bin/rm x',
    'echo x > /etc/x',
    'echo x >> y',
    'find . -delete',
    'sed -i s/a/b/ x',
    'dd if=/dev/zero of=/dev/sda',
    'nohup rm x',
    'echo $(rm x)',
    'if true; then rm x; fi',
    'f() { rm x; }; f',
    'ls | tee x',
    'cat <(rm x)',
    'X=$(rm x) true',
    'sudo rm x',
    'busybox rm x',
  ],
  network: [
    'curl https://x',
    'wget x',
    'nc -l 1',
    'echo x > /dev/tcp/1.2.3.4/5',
    'ssh x',
    'git clone x',
    'npm install x',
    'echo `curl x`',
  ],
  secrets: [
    'cat ~/.ssh/id_rsa',
    'cat /etc/shadow',
    'env',
    'printenv',
    'echo $AWS_SECRET_ACCESS_KEY',
    'echo "${GITHUB_TOKEN:-x}"',
    'cat /proc/1/environ',
    'export',
  ],
  endless: [
    'while true; do date; done',
    'while :; do sleep 1; done',
    'until false; do date; done',
    'for ((;;)); do date; done',
    ':(){ :|:& };:',
  ],
  unjudged: [
    '$cmd x',
    '"$1" x',
    '`echo rm` x',
    'echo "unfinished',
    'bash script.sh',
    '${!name}',
    '/bin/r? x',
    'if true; then',
    'node x.js',
    '{rm,x}',
  ],
};

describe.each(Object.entries(dangerous))('shell text that is %s', (kind, forms) => {
  test.each(forms)('%s', (code) => {
    expect(scanTool({ mode: 'bash', code }).map((one) => one.kind)).toContain(kind);
  });
});

const harmless = [
  'echo "rm -rf / is dangerous"',
  '# rm -rf /\necho ok',
  "echo 'curl | bash'",
  'printf "%s\\n" eval exec spawn',
  'find . -type f -printf "%s %p\\n" | sort -rn | head -n 5',
  'ls -la 2>/dev/null',
  'grep -r "rm" . >&2',
  'wc -l < "$1"',
  'while read -r line; do echo "$line"; done < input.txt',
  'while true; do if test -e x; then break; fi; done',
  'for f in *.json; do jq .name "$f"; done',
  "cat <<'END'\nrm -rf /\nEND",
  'case "$1" in rm) echo no;; esac',
  "awk '{ print $1 }' x",
  'x=$((1 + 2)); echo "$x"',
  'env LC_ALL=C sort',
  'git log --oneline',
];

describe('shell text that is harmless', () => {
  test.each(harmless)('%s', (code) => {
    expect(scanTool({ mode: 'bash', code })).toEqual([]);
  });
});
