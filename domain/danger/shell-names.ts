/** What shell commands do, by their names. */
import type { DangerKind } from './words.ts';

const all = (kind: DangerKind, names: string): [string, DangerKind][] => names.split(' ').map((name) => [name, kind]);

export const commands: Readonly<Record<string, DangerKind>> = Object.fromEntries([
  ...all('evaluation', 'eval source . trap'),
  ...all('process', 'kill killall pkill crontab at batch systemctl service reboot shutdown halt poweroff init docker podman'),
  ...all(
    'process',
    'kubectl mount umount insmod modprobe useradd usermod passwd visudo chroot nsenter unshare screen tmux disown',
  ),
  ...all(
    'write',
    'rm rmdir unlink shred dd truncate mv cp tee install ln chmod chown chgrp chattr setfacl mkfifo mknod fallocate',
  ),
  ...all('write', 'wipefs fdisk parted mkswap swapoff'),
  ...all('network', 'curl wget nc ncat netcat socat ssh scp sftp rsync telnet ftp tftp dig nslookup host ping nmap openssl lynx'),
  ...all('network', 'apt apt-get yum dnf apk brew pip pip3 npm npx pnpm yarn gem cargo go'),
  ...all('secrets', 'printenv gpg ssh-add ssh-keygen security aws gcloud az vault'),
]);

/** They run the command that follows their options. The number says how many words of their own come first. */
export const wrappers: Readonly<Record<string, number>> = Object.fromEntries([
  ...'command builtin exec nohup nice ionice time stdbuf setsid xargs busybox watch parallel'.split(' ').map((name) => [name, 0]),
  ['timeout', 1],
  ['flock', 1],
]);
/** As these, and with the rights of somebody else. */
export const elevators = new Set(['sudo', 'doas', 'su', 'pkexec', 'runuser']);

/** Interpreters: text that is given to them is code. */
export const interpreters =
  /^(ba|da|z|k|c|tc|fi|a)?sh$|^(python|perl|ruby|node|php|lua|deno|bun|osascript|tclsh|awk|gawk)[\d.]*$/;

/** Files that hold credentials, and the environment of other processes. */
export const secretPaths =
  /(^|\/)(\.ssh|\.aws|\.gnupg|\.kube|\.docker|\.netrc|\.npmrc|\.pgpass|\.env(\.\w+)?|id_(rsa|ed25519|ecdsa)|shadow|gshadow|sudoers|credentials)(\/|$)|^\/etc\/passwd$|^\/proc\/[^/]+\/(environ|mem)$/;
export const secretVariables = /(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY)/i;
/** Given another value, they change what every later command runs. */
export const loaderVariables =
  /^(LD_PRELOAD|LD_LIBRARY_PATH|PATH|BASH_ENV|ENV|IFS|PROMPT_COMMAND|NODE_OPTIONS|PYTHONPATH|PERL5OPT)$/;
