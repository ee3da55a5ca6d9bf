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

    /// <exception cref="RuntimeStartException">No containerd of this data directory runs, or it does not answer.</exception>
    public static async Task<RunningContainerd> OpenAsync(string dataDirectory, TimeProvider time, CancellationToken cancellation = default)
    {
        var paths = new ContainerdPaths(new ContainerdOptions { DataDirectory = dataDirectory, PodCidrs = [] });
        if (new ContainerdPidFile(paths).FindLive() is not { } live)
            throw new RuntimeStartException($"no container runtime of the data directory {dataDirectory} is running; start it with: berth up --data-dir {dataDirectory}");
        var client = new CriClient(paths.Socket, time);
        try
        {
            var version = await client.VersionAsync(cancellation);
            // What the running one was started with; the file is ours, so that its form is known.
            var snapshotter = SnapshotterLine().Match(await File.ReadAllTextAsync(paths.Config, cancellation)).Groups[1].Value;
            var importer = new ImageImporter(
                paths.Socket, client, snapshotter, ContainerdVersion.OfRuntime(version.RuntimeVersion), time, CtrBeside(live.Process.Pid));
            return new RunningContainerd(client, importer);
        }
        catch (GrpcException error)
        {
            client.Dispose();
            throw new RuntimeStartException($"the container runtime at {paths.Socket} does not answer: {error.Message}", error);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void Dispose() => Client.Dispose();

    private static string? CtrBeside(int pid)
    {
        var program = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;
        var ctr = program is null ? null : Path.Combine(Path.GetDirectoryName(program)!, "ctr");
        return File.Exists(ctr) ? ctr : null;
    }

    [GeneratedRegex("^snapshotter = \"(.*)\"$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex SnapshotterLine();
}
