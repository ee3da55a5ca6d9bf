using System.Text.RegularExpressions;
using Berth.Node.Cri;
using Berth.Node.Images;

namespace Berth.Node.Runtime;

/// <summary>
/// The containerd of an instance that somebody else runs and watches: for verbs such as <c>berth image import</c>, which
/// speak to it beside a running Berth, or after one was killed.
/// </summary>
public sealed partial class RunningContainerd : IDisposable
{
    private RunningContainerd(CriClient client, ImageImporter importer)
    {
        Client = client;
        Importer = importer;
    }

    public CriClient Client { get; }

    public ImageImporter Importer { get; }

    /// <summary>The containerd behind <c>--runtime-endpoint</c>, which is not ours: its images only, never its configuration.</summary>
    /// <exception cref="RuntimeStartException">It does not answer, or is another runtime, into which only its own tools can import.</exception>
    public static async Task<RunningContainerd> OpenEndpointAsync(string endpoint, TimeProvider time, CancellationToken cancellation = default)
    {
        var socket = CriClient.SocketPathOf(endpoint);
        return await OpenAsync(
            socket,
            async client =>
            {
                var version = await client.VersionAsync(cancellation);
                if (version.RuntimeName != "containerd")
                    throw new RuntimeStartException($"the container runtime at {socket} is {version.RuntimeName}; import images with its own tools");
                // containerd 1.x tells its settings; in 2.x, and where it does not, the default is what nearly everybody runs.
                var info = (await client.StatusAsync(verbose: true, cancellation)).Info;
                var snapshotter = info.TryGetValue("config", out var config) && SnapshotterSetting().Match(config) is { Success: true } match
                    ? match.Groups[1].Value
                    : "overlayfs";
                return new ImageImporter(socket, client, snapshotter, time);
            },
            time);
    }

    /// <exception cref="RuntimeStartException">No containerd of this data directory runs, or it does not answer.</exception>
    public static async Task<RunningContainerd> OpenAsync(string dataDirectory, TimeProvider time, CancellationToken cancellation = default)
    {
        var paths = new ContainerdPaths(new ContainerdOptions { DataDirectory = dataDirectory, PodCidrs = [] });
        if (new ContainerdPidFile(paths).FindLive() is not { } live)
            throw new RuntimeStartException($"no container runtime of the data directory {dataDirectory} is running; start it with: berth up --data-dir {dataDirectory}");
        return await OpenAsync(
            paths.Socket,
            async client =>
            {
                await client.VersionAsync(cancellation); // does it answer?
                // What the running one was started with; the file is ours, so that its form is known.
                var snapshotter = SnapshotterLine().Match(await File.ReadAllTextAsync(paths.Config, cancellation)).Groups[1].Value;
                return new ImageImporter(paths.Socket, client, snapshotter, time, CtrBeside(live.Process.Pid));
            },
            time);
    }

    public void Dispose() => Client.Dispose();

    private static async Task<RunningContainerd> OpenAsync(string socket, Func<CriClient, Task<ImageImporter>> connect, TimeProvider time)
    {
        var client = new CriClient(socket, time);
        try
        {
            return new RunningContainerd(client, await connect(client));
        }
        catch (GrpcException error)
        {
            client.Dispose();
            throw new RuntimeStartException($"the container runtime at {socket} does not answer: {error.Message}", error);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static string? CtrBeside(int pid)
    {
        var program = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;
        var ctr = program is null ? null : Path.Combine(Path.GetDirectoryName(program)!, "ctr");
        return File.Exists(ctr) ? ctr : null;
    }

    [GeneratedRegex("\"snapshotter\":\"([^\"]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex SnapshotterSetting();

    [GeneratedRegex("^snapshotter = \"(.*)\"$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex SnapshotterLine();
}
