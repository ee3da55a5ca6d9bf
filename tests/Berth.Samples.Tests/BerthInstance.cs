using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Samples.Tests;

/// <summary>One Berth with the demo's pods, in a data directory and on addresses of its own, driven as people drive it.</summary>
internal sealed class BerthInstance
{
    // A machine that builds and tests at the same time is slow; a healthy one needs a tenth of these.
    private static readonly TimeSpan s_upLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan s_commandLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_imageLimit = TimeSpan.FromMinutes(10);

    private readonly string[] _settings;
    private readonly string _binary;

    /// <param name="port">Of the API, on 127.0.0.1.</param>
    /// <param name="range">Second number of the pods' range; that of the services is the next.</param>
    public BerthInstance(int port, int range)
    {
        _binary = BinaryPath ?? throw new InvalidOperationException("out/berth is missing");
        DataDirectory = Directory.CreateTempSubdirectory("berth-samples-").FullName;
        _settings = ["--listen", $"127.0.0.1:{port}", "--pod-cidr", $"10.{range}.0.0/16", "--service-cidr", $"10.{range + 1}.0.0/16"];
    }

    /// <summary>Why these tests cannot run here; null when they can.</summary>
    public static string? CannotRun =>
        !Environment.IsPrivilegedProcess ? "needs root: it runs containers"
        : BinaryPath is null ? "out/berth is missing; build it with ./berth --version"
        : OnPath("kubectl") is null ? "kubectl is not installed"
        : OnPath("containerd") is null ? "containerd is not installed"
        : null;

    public string DataDirectory { get; }

    public string Kubeconfig => Path.Combine(DataDirectory, "admin.kubeconfig");

    public static string SamplesDirectory => Path.Combine(Root!, "samples");

    public static string? BinaryPath => Root is { } root && Path.Combine(root, "out", "berth") is var path && File.Exists(path) ? path : null;

    // The repository's root, above where the tests were built.
    private static string? Root
    {
        get
        {
            for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            {
                if (File.Exists(Path.Combine(directory.FullName, "Berth.slnx")))
                    return directory.FullName;
            }

            return null;
        }
    }

    /// <summary>Starts it and returns when it is ready.</summary>
    /// <param name="demo">Also brings up the samples and waits until they are as they should be.</param>
    public async Task UpAsync(bool demo, CancellationToken ct)
    {
        string[] arguments = ["up", "-d", .. demo ? ["--demo"] : Array.Empty<string>(), "--data-dir", DataDirectory, .. _settings];
        var (code, text) = await ProgramRun.ToEndAsync(_binary, arguments, null, s_upLimit, ct);
        Assert.True(code == 0, $"berth {string.Join(' ', arguments)}: exit code {code}\n{text}\n{await SituationAsync(ct)}");
    }

    /// <summary>Gives it the images that a sample's own script makes from Debian packages; the first time that takes a minute each.</summary>
    /// <param name="sample">Folder below samples/.</param>
    /// <param name="arguments">For the script.</param>
    public async Task ImportImagesOfAsync(string sample, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var script = Path.Combine(SamplesDirectory, sample, "image");
        var (code, text) = await ProgramRun.ToEndAsync(script, arguments, null, s_imageLimit, ct);
        // The script tells a machine that has no packages for it from a failure.
        Assert.SkipWhen(code == 3, $"{sample}: {text.TrimEnd().Split('\n')[^1]}");
        Assert.True(code == 0, $"{script}: exit code {code}\n{text}");
        var archives = text.Split('\n').Where(l => l.EndsWith(".tar", StringComparison.Ordinal));
        (code, text) = await ProgramRun.ToEndAsync(_binary, ["image", "import", .. archives, "--data-dir", DataDirectory], null, s_commandLimit, ct);
        Assert.True(code == 0, $"berth image import: exit code {code}\n{text}");
    }

    /// <summary>Stops it and removes everything that it left.</summary>
    public async Task PurgeAsync(CancellationToken ct)
    {
        var (code, text) = await ProgramRun.ToEndAsync(_binary, ["down", "--purge", "--data-dir", DataDirectory], null, s_commandLimit, ct);
        Assert.True(code == 0, $"berth down --purge: exit code {code}\n{text}");
    }

    /// <summary>Asks Berth's process to end and waits until it is gone.</summary>
    /// <exception cref="OperationCanceledException">It was still there when it had to be gone.</exception>
    public async Task TerminateAsync(TimeSpan limit, CancellationToken ct)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(DataDirectory, "instance.json"), ct))!;
        using var process = Process.GetProcessById((int)file["pid"]!);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(limit);
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(deadline.Token);
    }

    /// <summary>Ends Berth's process without warning and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(DataDirectory, "instance.json"), ct))!;
        using var process = Process.GetProcessById((int)file["pid"]!);
        process.Kill();
        await process.WaitForExitAsync(ct);
    }

    /// <summary>What kubectl prints; it has to succeed.</summary>
    public async Task<string> KubectlAsync(CancellationToken ct, params IReadOnlyList<string> arguments)
    {
        var (code, text) = await ProgramRun.ToEndAsync("kubectl", arguments, Kubeconfig, s_commandLimit, ct);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)}: exit code {code}\n{text}");
        return text;
    }

    /// <summary>Follows what kubectl prints until a line is as wanted.</summary>
    public Task KubectlUntilAsync(CancellationToken ct, string wanted, params IReadOnlyList<string> arguments) =>
        ProgramRun.UntilLineAsync("kubectl", arguments, Kubeconfig, wanted, s_commandLimit, ct);

    /// <summary>What there is, for the report of a failure.</summary>
    public async Task<string> SituationAsync(CancellationToken ct)
    {
        var text = new StringBuilder();
        string[][] questions = [["get", "nodes,pods,svc,jobs", "-A", "-o", "wide"], ["get", "events", "-A", "--sort-by=.lastTimestamp"]];
        foreach (var question in questions)
        {
            try
            {
                var answer = await ProgramRun.ToEndAsync("kubectl", [.. question, "--request-timeout=10s"], Kubeconfig, TimeSpan.FromSeconds(30), ct);
                text.Append("$ kubectl ").AppendJoin(' ', question).Append('\n').Append(answer.Text);
            }
            catch (TimeoutException e)
            {
                text.Append(e.Message).Append('\n');
            }
        }

        var log = Path.Combine(DataDirectory, "berth.log");
        if (File.Exists(log))
            text.Append("berth.log ends with:\n").AppendJoin('\n', (await File.ReadAllLinesAsync(log, ct)).TakeLast(40));
        return text.ToString();
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
}
