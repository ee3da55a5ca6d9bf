using System.Globalization;
using System.Text;
using Berth.Node.Images;

[assembly: AssemblyFixture(typeof(Berth.Cluster.Tests.ClusterLab))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Berth.Cluster.Tests;

/// <summary>
/// A server and three agents, each in a network namespace of its own with its own containerd, made by <c>cluster-up</c> and
/// shared by all tests of this project, which run one after another. Each test works in a namespace of the cluster of its own
/// and leaves the nodes as they were.
/// </summary>
public sealed class ClusterLab : IAsyncLifetime
{
    public const string Image = LocalImages.WebName;

    // A machine that builds and tests at the same time is slow; a healthy one needs a tenth of these.
    private static readonly TimeSpan s_upLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan s_commandLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_imageLimit = TimeSpan.FromMinutes(10);

    private readonly string _name = "t" + (Environment.ProcessId % 1000).ToString(CultureInfo.InvariantCulture);
    private readonly string? _root = Root();

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Why these tests cannot run here; null when they can.</summary>
    public static string? CannotRun =>
        !Environment.IsPrivilegedProcess ? "needs root: it makes network namespaces and runs containers"
        : Binary is null ? "there is no binary: build it with ./berth --version, or dotnet build src/Berth"
        : OnPath("kubectl") is null ? "kubectl is not installed"
        : OnPath("containerd") is null ? "containerd is not installed"
        : null;

    public string Directory => Path.Combine(Path.GetTempPath(), "berth-" + _name);

    public string Kubeconfig => Path.Combine(Directory, "server", "admin.kubeconfig");

    public string Server => "https://10.95.7.1:7601";

    public static string SamplesDirectory => Path.Combine(Root()!, "samples");

    /// <summary>The binary that these tests run; <c>BERTH</c> names another than the one built here.</summary>
    public static string? Binary =>
        Environment.GetEnvironmentVariable("BERTH") is { Length: > 0 } asked ? asked
        : Root() is { } root ? new[] { "artifacts/bin/Berth/debug/berth", "out/berth" }.Select(p => Path.Combine(root, p)).FirstOrDefault(File.Exists)
        : null;

    public async ValueTask InitializeAsync()
    {
        if (CannotRun is not null)
            return;
        await ScriptAsync(s_upLimit, "3");
        var archive = Path.Combine(Directory, "web.tar");
        await using (var file = File.Create(archive))
            OciImageWriter.Write(await LocalImages.WebAsync(), file);
        await ScriptAsync(s_commandLimit, "images", archive);
    }

    public async ValueTask DisposeAsync()
    {
        if (CannotRun is null)
            await ScriptAsync(s_commandLimit, "down");
    }

    /// <summary>Gives every node the images that a sample's script makes from Debian packages; the first time that takes minutes.</summary>
    public async Task ImportImagesOfAsync(string sample, params IReadOnlyList<string> arguments)
    {
        var script = Path.Combine(SamplesDirectory, sample, "image");
        var (code, text) = await ProgramRun.ToEndAsync(script, arguments, null, s_imageLimit, Cancellation);
        // The script tells a machine that has no packages for it from a failure.
        Assert.SkipWhen(code == 3, $"{sample}: {text.TrimEnd().Split('\n')[^1]}");
        Assert.True(code == 0, $"{script}: exit code {code}\n{text}");
        await ScriptAsync(s_imageLimit, ["images", .. text.Split('\n').Where(l => l.EndsWith(".tar", StringComparison.Ordinal))]);
    }

    /// <summary>Runs a verb of <c>cluster-up</c>; it has to succeed.</summary>
    public Task<string> ScriptAsync(params string[] arguments) => ScriptAsync(s_commandLimit, arguments);

    /// <summary>Runs a program in the network of an agent, whatever it ends with.</summary>
    public Task<(int ExitCode, string Text)> InsideAsync(int agent, params string[] command) =>
        RunScriptAsync(s_commandLimit, ["exec", agent.ToString(CultureInfo.InvariantCulture), .. command]);

    /// <summary>Runs the binary against this cluster, whatever it ends with.</summary>
    public Task<(int ExitCode, string Text)> BerthAsync(params string[] arguments) =>
        ProgramRun.ToEndAsync(Binary!, arguments, Kubeconfig, s_commandLimit, Cancellation);

    /// <summary>What kubectl prints; it has to succeed.</summary>
    public async Task<string> KubectlAsync(params string[] arguments)
    {
        var (code, text) = await ProgramRun.ToEndAsync("kubectl", arguments, Kubeconfig, s_commandLimit, Cancellation);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)}: exit code {code}\n{text}\n{await SituationAsync()}");
        return text.Trim();
    }

    /// <summary>Makes a namespace with objects in it, and waits until its default service account is there.</summary>
    public async Task<string> NamespaceAsync(string name, string manifests)
    {
        await KubectlAsync("create", "namespace", name);
        var file = Path.Combine(Directory, name + ".yaml");
        await File.WriteAllTextAsync(file, manifests, Cancellation);
        await UntilAsync(() => KubectlAsync("get", "serviceaccounts", "-n", name, "-o", "name"), t => t.Contains("default", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await KubectlAsync("apply", "-n", name, "-f", file);
        return name;
    }

    /// <summary>Asks until the answer is as wanted.</summary>
    public async Task<string> UntilAsync(Func<Task<string>> ask, Predicate<string> wanted, TimeSpan limit)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        var last = "";
        try
        {
            while (true)
            {
                last = await ask();
                if (wanted(last))
                    return last;
                await timer.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            Assert.Fail($"not so within {limit.TotalSeconds:F0} s; the last answer was:\n{last}\n{await SituationAsync()}");
            throw;
        }
    }

    /// <summary>What there is, for the report of a failure.</summary>
    public async Task<string> SituationAsync()
    {
        var text = new StringBuilder();
        foreach (var question in (string[][])[["get", "nodes,pods,svc", "-A", "-o", "wide"], ["get", "events", "-A", "--sort-by=.lastTimestamp"]])
        {
            var (_, answer) = await ProgramRun.ToEndAsync("kubectl", [.. question, "--request-timeout=10s"], Kubeconfig, TimeSpan.FromSeconds(30), Cancellation);
            text.Append("$ kubectl ").AppendJoin(' ', question).Append('\n').Append(answer);
        }

        foreach (var log in (string[])["server/berth.log", "n1/berth.log", "n2/berth.log", "n3/berth.log"])
        {
            var path = Path.Combine(Directory, log);
            if (File.Exists(path))
                text.Append(log).Append(" ends with:\n").AppendJoin('\n', (await File.ReadAllLinesAsync(path)).TakeLast(20)).Append('\n');
        }

        return text.ToString();
    }

    private async Task<string> ScriptAsync(TimeSpan limit, params string[] arguments)
    {
        var (code, text) = await RunScriptAsync(limit, arguments);
        return code == 0 ? text : throw new InvalidOperationException($"cluster-up {string.Join(' ', arguments)}: exit code {code}\n{text}");
    }

    private Task<(int ExitCode, string Text)> RunScriptAsync(TimeSpan limit, IReadOnlyList<string> arguments) => ProgramRun.ToEndAsync(
        "env",
        [
            $"NAME={_name}", $"DIR={Directory}", $"BERTH={Binary}", "PORT=7601", "NET=10.95.7", "POD_CIDR=10.100.0.0/16", "SERVICE_CIDR=10.101.0.0/16", "LOG=info",
            Path.Combine(_root!, "tests/Berth.Cluster.Tests/cluster-up"), .. arguments,
        ],
        null,
        limit,
        CancellationToken.None);

    private static string? Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Berth.slnx")))
                return directory.FullName;
        }

        return null;
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
}
