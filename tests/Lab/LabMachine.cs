using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Node.Images;

// Two emulated machines at once would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Berth.Lab.Tests;

/// <summary>
/// A virtual machine under software emulation with several NUMA nodes of four CPUs each, cgroup v2 and huge pages, in which the
/// published Berth runs. Started once for a class of tests; ended by killing its emulator.
/// </summary>
public abstract class LabMachine(int nodes) : IAsyncLifetime
{
    private const int CpusOfNode = 4;

    // Emulated, on two busy cores: a boot takes one to four minutes, most of it .NET's start.
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromMinutes(8);

    private readonly string _directory = Directory.CreateTempSubdirectory("berth-lab-").FullName;
    private readonly StringBuilder _emulator = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Process? _process;
    private Socket? _shell;
    private string? _unavailable;
    private string _policy = "single-numa-node";

    public int Nodes => nodes;

    public int Cpus => nodes * CpusOfNode;

    /// <summary>A port of this machine that leads to port 7000 of the virtual one.</summary>
    public int RelayPort { get; private set; }

    /// <summary>For kubectl on this machine.</summary>
    public string Kubeconfig => Path.Combine(_directory, "kubeconfig");

    private string ConsoleLog => Path.Combine(_directory, "console.log");

    public async ValueTask InitializeAsync()
    {
        var repository = Repository();
        var berth = Path.Combine(repository, "out", "berth");
        _unavailable = Find("qemu-system-x86_64") is null ? "needs qemu-system-x86_64 (package qemu-system-x86)"
            : Find("kubectl") is null ? "needs kubectl"
            : !File.Exists(berth) ? $"needs the published binary {berth}: run ./berth --version"
            : null;
        if (_unavailable is not null)
            return;
        try
        {
            var image = Path.Combine(_directory, "busybox.tar");
            await using (var file = File.Create(image))
                OciImageWriter.Write(await LocalImages.BusyboxAsync(), file);
            var files = Path.Combine(repository, "artifacts", "lab");
            await RunAsync(Path.Combine(repository, "tests", "Lab", "build-machine"), [files, berth, image], TimeSpan.FromMinutes(5));
            await BootAsync(files);
        }
        catch
        {
            await DisposeAsync(); // xunit does not dispose of a fixture that failed to start
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _shell?.Dispose();
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Skips the test where there can be no machine.</summary>
    public void Require() => Assert.SkipWhen(_unavailable is not null, _unavailable ?? "");

    /// <summary>What a command in the machine prints; commands are run one after the other.</summary>
    public async Task<string> ShellAsync(string command, int seconds = 60)
    {
        await _turn.WaitAsync();
        try
        {
            await _shell!.SendAsync(Encoding.UTF8.GetBytes(command + "\n"));
            var answer = new StringBuilder();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
            var buffer = new byte[4096];
            while (true)
            {
                var count = await _shell.ReceiveAsync(buffer, limit.Token);
                answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
                var text = answer.ToString();
                var end = text.LastIndexOf("LAB-DONE ", StringComparison.Ordinal);
                if (end >= 0 && text.IndexOf('\n', end) > 0)
                    return text[..end].Trim();
                if (count == 0)
                    throw new IOException($"the machine ended: {Tail()}");
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{command}' was not done within {seconds} s");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What kubectl prints; a failure is the test's.</summary>
    public async Task<string> KubectlAsync(string input, params string[] arguments) =>
        await RunAsync("kubectl", ["--kubeconfig", Kubeconfig, "--request-timeout=60s", .. arguments], TimeSpan.FromSeconds(120), input);

    /// <summary>Asks again until the answer is as wanted.</summary>
    public async Task<string> WaitAsync(Func<Task<string>> ask, Func<string, bool> wanted, string what, int seconds = 300)
    {
        var start = Stopwatch.StartNew();
        var last = "";
        while (start.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            try
            {
                last = await ask();
                if (wanted(last))
                    return last;
            }
            catch (InvalidOperationException error)
            {
                last = error.Message; // what is not there yet
            }

            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"expected {what} within {seconds} s; the last answer: {last}\n{await ShellAsync("tail -n 20 /lab/berth.log")}");
        return "";
    }

    /// <summary>Runs Berth under another topology policy, by starting it anew where it runs under one already.</summary>
    public async Task UseAsync(string policy)
    {
        if (policy == _policy)
            return;
        await ShellAsync($"echo {policy} >/lab/policy");
        await RestartAsync("");
        _policy = policy;
    }

    /// <summary>Kills Berth as a crash would, and starts it again.</summary>
    /// <param name="between">A command to run while nothing of Berth does.</param>
    public async Task RestartAsync(string between)
    {
        await ShellAsync($"kill -9 $(pidof berth); {between} : >/lab/berth.log; setsid /lab/start </dev/null >/dev/null 2>&1 &");
        await WaitAsync(() => ShellAsync("cat /lab/berth.log"), log => log.Contains("Berth is ready", StringComparison.Ordinal), "Berth again", 300);
    }

    private async Task BootAsync(string files)
    {
        var port = FreePort();
        RelayPort = FreePort();
        var socket = Path.Combine(_directory, "shell.sock");
        var start = new ProcessStartInfo(Find("qemu-system-x86_64")!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])
        [
            // Software emulation only: it runs everywhere, and the same everywhere.
            "-accel", "tcg,thread=multi", "-cpu", "max,vendor=GenuineIntel", "-smp", $"{Cpus},sockets=2,cores={Cpus / 4},threads=2", "-m", $"{nodes}G",
            .. Enumerable.Range(0, nodes).SelectMany(n => (string[])["-object", $"memory-backend-ram,id=m{n},size=1G", "-numa", $"node,nodeid={n},cpus={n * CpusOfNode}-{(n + 1) * CpusOfNode - 1},memdev=m{n}"]),
            "-kernel", Path.Combine(files, "vmlinuz"), "-initrd", Path.Combine(files, "initramfs"),
            "-append", $"console=ttyS0 quiet panic=-1 hugepages={32 * nodes} lab.policy={_policy}",
            "-nic", $"user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:{port}-:6443,hostfwd=tcp:127.0.0.1:{RelayPort}-:7000",
            "-display", "none", "-no-reboot", "-monitor", "none", "-serial", $"file:{ConsoleLog}", "-serial", $"unix:{socket},server=on,wait=off",
        ])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _emulator.AppendLine(line.Data);
        _process.OutputDataReceived += (_, line) => _emulator.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        var clock = Stopwatch.StartNew();
        while (!ReadConsole().Contains("LAB-READY", StringComparison.Ordinal))
        {
            if (_process.HasExited || ReadConsole().Contains("LAB-FAILED", StringComparison.Ordinal) || clock.Elapsed > s_bootLimit)
                throw new InvalidOperationException($"the machine did not come up within {s_bootLimit}: {_emulator}{Tail()}");
            await Task.Delay(500);
        }

        var encoded = ReadConsole().Split('\n').First(l => l.StartsWith("LAB-KUBECONFIG ", StringComparison.Ordinal))["LAB-KUBECONFIG ".Length..].Trim();
        var kubeconfig = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
        await File.WriteAllTextAsync(Kubeconfig, System.Text.RegularExpressions.Regex.Replace(kubeconfig, "server: https://[^\\s\"]+", $"server: https://127.0.0.1:{port}"));
        _shell = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await _shell.ConnectAsync(new UnixDomainSocketEndPoint(socket));
    }

    private string ReadConsole()
    {
        if (!File.Exists(ConsoleLog))
            return "";
        using var file = new FileStream(ConsoleLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private string Tail() => string.Join('\n', ReadConsole().Split('\n').Where(l => !l.Contains("KUBECONFIG", StringComparison.Ordinal)).TakeLast(30));

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit, string? input = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var stop = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} took more than {limit}");
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)}: exit code {process.ExitCode}: {await errors}");
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    private static string Repository()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Berth.slnx")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the repository was not found above the tests");
        return directory;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
