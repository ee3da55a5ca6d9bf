using System.Diagnostics.CodeAnalysis;
using System.Text;
using Berth.Linux.Mounts;
using Berth.Linux.Processes;
using Berth.Node.Cri;
using Berth.Node.Images;

namespace Berth.Node.Runtime;

/// <summary>
/// The containerd that belongs to one Berth instance: started as a process of its own session, adopted when an earlier Berth
/// left it running, restarted with back-off when it ends by itself. Containers belong to their shims, not to containerd:
/// neither its end nor Berth's stops one.
/// </summary>
/// <remarks>
/// <see cref="DisposeAsync"/> only stops watching; <see cref="StopAsync"/> ends containerd; <see cref="ContainerdPurge"/>
/// removes everything.
/// </remarks>
public sealed class ContainerdProcess : IAsyncDisposable
{
    private const int LogTailLines = 15;

    // Months of warnings; one older file is kept beside it.
    private const long LogBytesMax = 16 * 1024 * 1024;

    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _backOffFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _backOffMax = TimeSpan.FromSeconds(30);

    /// <summary>A containerd that lived this long did not fail at its start: the next back-off begins anew.</summary>
    private static readonly TimeSpan _stable = TimeSpan.FromMinutes(1);

    private readonly ContainerdOptions _options;
    private readonly ContainerdPidFile _pidFile;
    private readonly string _program;
    private readonly Action<string> _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private string _configurationHash = "";
    private Task _watch = Task.CompletedTask;

    private ContainerdProcess(ContainerdOptions options, string program, Action<string> log, TimeProvider time)
    {
        _options = options;
        _program = program;
        _log = log;
        _time = time;
        Paths = new ContainerdPaths(options);
        _pidFile = new ContainerdPidFile(Paths);
        Client = new CriClient(Paths.Socket, time);
    }

    public ContainerdPaths Paths { get; }

    public CriClient Client { get; }

    public ContainerdVersion Version { get; private set; }

    /// <summary>Null before <see cref="StartAsync"/> returned.</summary>
    public ImageImporter Importer => field ??= new ImageImporter(
        Paths.Socket, Client, Facts.Snapshotter, _time, ProcessRunner.Find(Path.Combine(Path.GetDirectoryName(_program)!, "ctr")));

    public MachineFacts Facts { get; private set; } = null!; // set before StartAsync returns the object

    /// <summary>The process that runs now; changes when it is restarted.</summary>
    public ProcessIdentity Process { get; private set; }

    /// <summary>True where it was already running.</summary>
    public bool Adopted { get; private set; }

    /// <summary>Starts or adopts containerd and returns once it runs pods: CRI answers, its network is ready, the sandbox image is there.</summary>
    /// <exception cref="RuntimeStartException">Something is missing, or containerd failed or did not answer in time; the message has the end of its log.</exception>
    public static async Task<ContainerdProcess> StartAsync(
        ContainerdOptions options, Action<string> log, TimeProvider time, CancellationToken cancellation = default)
    {
        var program = ProcessRunner.Find(options.ContainerdPath ?? "containerd")
            ?? throw new RuntimeStartException("containerd is not installed (apt-get install containerd runc containernetworking-plugins)");
        if (ProcessRunner.Find("runc") is null) throw new RuntimeStartException("runc is not installed (apt-get install runc)");
        var containerd = new ContainerdProcess(options, program, log, time);
        try
        {
            await containerd.BringUpAsync(cancellation);
            return containerd;
        }
        catch
        {
            // One that we could not bring up is no use to anybody; an adopted one still has its pods.
            if (!containerd.Adopted && containerd.Process.Pid != 0) await containerd.StopAsync(CancellationToken.None);
            else await containerd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends containerd itself. Containers keep running; the next start finds them again.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        await DisposeAsync();
        await StopProcessAsync(Process, _time, cancellation);
        _pidFile.Delete();
    }

    /// <summary>Stops watching and leaves containerd running.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watch;
        Client.Dispose();
    }

    /// <summary>Asks a containerd to end, and kills it where it does not.</summary>
    internal static async Task StopProcessAsync(ProcessIdentity process, TimeProvider time, CancellationToken cancellation)
    {
        using var handle = ProcessHandle.Open(process.Pid);
        if (handle is null || !process.IsAlive) return;
        handle.Send(Signal.Term);
        using var limit = new CancellationTokenSource(_stopLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await handle.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            handle.Send(Signal.Kill);
            await handle.WaitForExitAsync(cancellation);
        }
    }

    private async Task BringUpAsync(CancellationToken cancellation)
    {
        Prepare();
        Version = await ContainerdVersion.OfAsync(_program, cancellation);
        var configuration = new ContainerdConfiguration(Paths, Facts, Version, PauseImage.Name, _options.LogLevel).Render();
        _configurationHash = ContainerdPidFile.HashOf($"{Version.Text}\n{configuration}");
        File.WriteAllText(Paths.Config, configuration);

        var live = _pidFile.FindLive();
        if (live is not null && live.ConfigurationHash != _configurationHash)
        {
            _log($"containerd (pid {live.Process.Pid}) runs with another configuration; restarting it, containers keep running");
            await StopProcessAsync(live.Process, _time, cancellation);
            live = null;
        }

        Adopted = live is not null;
        Process = live?.Process ?? Launch();
        _log(Adopted ? $"containerd {Version.Text} adopted, pid {Process.Pid}" : $"containerd {Version.Text} started, pid {Process.Pid}");
        await WaitUntilReadyAsync(cancellation);
        if (await Client.ImageStatusAsync(PauseImage.Name, cancellation) is null)
            await Importer.ImportAsync(PauseImage.Describe(ImageDescription.HostArchitecture), cancellation);
        _watch = WatchAsync();
    }

    private void Prepare()
    {
        Directory.CreateDirectory(Paths.Base, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        if (Paths.SocketInRun) Directory.CreateDirectory(Paths.RunDirectory);
        DropStateOfEarlierBoot();
        foreach (var directory in (string[])[Paths.Root, Paths.State, Paths.CniConfigDirectory, Paths.CniDataDirectory, Paths.RegistryConfigDirectory])
            Directory.CreateDirectory(directory);
        Facts = MachineFacts.Detect(Paths.Root);
        if (!Facts.HostPorts) _log("no iptables or no portmap plugin: hostPort of containers will not work (apt-get install iptables)");
        var network = new CniConfiguration(
            Paths.NetworkName, _options.EffectiveBridgeName, _options.PodCidrs, Paths.CniDataDirectory, Facts.HostPorts, _options.Mtu);
        File.WriteAllText(Path.Combine(Paths.CniConfigDirectory, CniConfiguration.FileName), network.Render());
    }

    /// <summary>
    /// After a reboot no shim lives, but its pid and socket files would still be there, and its pid may be another process's.
    /// The addresses of the pods that were are free again too.
    /// </summary>
    private void DropStateOfEarlierBoot()
    {
        var boot = ProcessIdentity.BootId;
        if (File.Exists(Paths.BootIdFile) && File.ReadAllText(Paths.BootIdFile).Trim() == boot) return;
        foreach (var directory in (string[])[Paths.State, Paths.CniDataDirectory])
        {
            if (!Directory.Exists(directory)) continue;
            // A data directory copied from another machine has no boot of ours either; nothing may be mounted there.
            Mount.UnmountAllUnder(directory);
            Directory.Delete(directory, recursive: true);
        }

        File.WriteAllText(Paths.BootIdFile, boot + "\n");
    }

    private ProcessIdentity Launch()
    {
        // Only what containerd and the programs that it runs use; secrets in Berth's own environment stay there.
        // Its own directory comes first: a containerd installed beside the distribution's needs its own shim.
        var environment = new Dictionary<string, string> { ["PATH"] = $"{Path.GetDirectoryName(_program)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
        foreach (var name in (string[])["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "TMPDIR"])
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) environment[name] = value;
        }

        // containerd holds its log open, so that only a start can change the file.
        if (new FileInfo(Paths.Log) is { Exists: true, Length: > LogBytesMax }) File.Move(Paths.Log, Paths.Log + ".old", overwrite: true);
        var pid = DetachedProcess.Start(_program, ["--config", Paths.Config], environment, Paths.Log);
        var process = ProcessIdentity.Of(pid) ?? throw new RuntimeStartException(WithLog("containerd ended at once"));
        _pidFile.Write(new ContainerdPidFile.Entry(process, _configurationHash));
        return process;
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            if (await WhyNotReadyAsync(cancellation) is not { } reason) return;
            if (!Process.IsAlive)
            {
                Subreaper.ReapOne(Process.Pid);
                throw new RuntimeStartException(WithLog("containerd ended while it started"));
            }

            if (_time.GetElapsedTime(start) > _options.StartLimit)
                throw new RuntimeStartException(WithLog($"containerd did not become ready within {_options.StartLimit.TotalSeconds:0} s ({reason})"));
            await Task.Delay(_pollInterval, _time, cancellation);
        }
    }

    private async Task<string?> WhyNotReadyAsync(CancellationToken cancellation)
    {
        // Asking before the socket is there would make an exception each time.
        if (!File.Exists(Paths.Socket)) return $"no socket at {Paths.Socket}";
        try
        {
            await Client.VersionAsync(cancellation);
            var status = await Client.StatusAsync(cancellation: cancellation);
            // Others are only hints, such as containerd 2.x's about deprecated settings.
            return status.Status.Conditions.FirstOrDefault(condition => condition is { Type: "RuntimeReady" or "NetworkReady", Status: false }) is { } condition
                ? $"{condition.Type}: {condition.Reason}: {condition.Message}"
                : null;
        }
        catch (GrpcException error)
        {
            return error.Message; // not listening yet, or its CRI plugin is still loading
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The watch must outlive every failed restart; each is logged and tried again.")]
    private async Task WatchAsync()
    {
        var backOff = _backOffFirst;
        try
        {
            while (true)
            {
                var since = _time.GetTimestamp();
                int? exitCode;
                using (var handle = ProcessHandle.Open(Process.Pid))
                    exitCode = handle is null || !Process.IsAlive ? null : await handle.WaitForExitAsync(_stopping.Token);
                if (_time.GetElapsedTime(since) > _stable) backOff = _backOffFirst;
                _log($"containerd (pid {Process.Pid}) ended{(exitCode is { } code ? $" with exit code {code}" : "")}; starting it again in {backOff.TotalSeconds:0.#} s");
                await Task.Delay(backOff, _time, _stopping.Token);
                backOff = backOff * 2 < _backOffMax ? backOff * 2 : _backOffMax;
                try
                {
                    Process = Launch();
                    await WaitUntilReadyAsync(_stopping.Token);
                    _log($"containerd started again, pid {Process.Pid}");
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    _log($"containerd could not be started: {error.Message}");
                    await StopProcessAsync(Process, _time, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped: containerd is left as it is.
        }
    }

    private string WithLog(string message)
    {
        var text = new StringBuilder(message).Append(". Its log, ").Append(Paths.Log).Append(", ends:");
        var lines = File.Exists(Paths.Log) ? File.ReadLines(Paths.Log).TakeLast(LogTailLines) : ["(empty)"];
        foreach (var line in lines) text.Append("\n  ").Append(line);
        return text.ToString();
    }
}
