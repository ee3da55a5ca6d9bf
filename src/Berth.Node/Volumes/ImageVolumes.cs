using System.Text.Json;
using Berth.Api.Core.V1;
using Berth.Linux.Mounts;
using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.Images;
using Berth.Node.PodSync;
using Berth.Node.Runtime.Snapshots;
using Google.Protobuf;
using Mount = Berth.Linux.Mounts.Mount;

namespace Berth.Node.Volumes;

/// <summary>
/// Shows the content of an image as a volume, read-only: a view of the image's layers in containerd's snapshots, mounted by
/// us. So they work with every containerd; its own CRI has them from 2.1 on.
/// </summary>
public sealed class ImageVolumes : IDisposable
{
    private const string Service = "/containerd.services.snapshots.v1.Snapshots/";
    private const string KeyPrefix = "berth-volume/";
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    // The kernel reads one page of mount options.
    private const int OptionsMax = 4095;

    // Where the layers of an image may be; the one that has them is the one that CRI unpacks into.
    private static readonly string[] _snapshotters = ["overlayfs", "native", "fuse-overlayfs", "btrfs", "zfs", "devmapper", "erofs"];

    private readonly GrpcChannel _channel;
    private readonly PodDirectories _directories;
    private readonly TimeProvider _time;

    public ImageVolumes(string containerdSocket, PodDirectories directories, TimeProvider time)
    {
        (_directories, _time) = (directories, time);
        _channel = new GrpcChannel(containerdSocket, time) { Metadata = new Dictionary<string, string> { ["containerd-namespace"] = ImageImporter.Namespace } };
    }

    /// <summary>Where the image is seen on the host. Can be repeated.</summary>
    /// <exception cref="ContainerConfigException">containerd refused, or the mount failed.</exception>
    public async Task<string> MountAsync(Pod pod, string volume, string imageId, CancellationToken ct)
    {
        var target = Path.Combine(_directories.VolumesOf(pod.Metadata.Uid), "kubernetes.io~image", volume);
        if (MountTable.IsMountPoint(target)) return target;
        try
        {
            var chain = await ChainAsync(imageId, ct);
            var snapshotter = await FindAsync(chain, ct);
            var key = $"{KeyPrefix}{pod.Metadata.Uid}/{volume}";
            var mounts = await ViewAsync(snapshotter, key, chain, ct);
            Directory.CreateDirectory(target);
            foreach (var mount in mounts) Show(mount, target);
            return target;
        }
        catch (Exception error) when (error is GrpcException or IOException or JsonException)
        {
            throw new ContainerConfigException("CreateContainerError", $"failed to mount image volume \"{volume}\": {(error is GrpcException refused ? refused.Detail : error.Message)}", error);
        }
    }

    /// <summary>Removes the views of pods that are gone; their mounts went with the pods' directories.</summary>
    public async Task SweepAsync(Func<string, bool> exists, CancellationToken ct)
    {
        foreach (var snapshotter in _snapshotters)
        {
            var keys = new List<string>();
            try
            {
                await foreach (var page in _channel.ServerStreamAsync(Service + "List", new ListSnapshotsRequest { Snapshotter = snapshotter }, ListSnapshotsResponse.Parser, ct))
                    keys.AddRange(page.Info.Select(i => i.Name).Where(n => n.StartsWith(KeyPrefix, StringComparison.Ordinal)));
            }
            catch (GrpcException error) when (error.Code is GrpcStatusCode.InvalidArgument or GrpcStatusCode.NotFound)
            {
                continue; // this containerd has no such snapshotter
            }

            foreach (var key in keys.Where(k => !exists(k[KeyPrefix.Length..].Split('/')[0])))
                await CallAsync("Remove", new RemoveSnapshotRequest { Snapshotter = snapshotter, Key = key }, RemoveSnapshotResponse.Parser, ct);
        }
    }

    public void Dispose() => _channel.Dispose();

    /// <summary>Name of the snapshot with all layers of the image, which containerd's CRI tells on demand.</summary>
    private async Task<string> ChainAsync(string imageId, CancellationToken ct)
    {
        var request = new ImageStatusRequest { Image = new ImageSpec { Image = imageId }, Verbose = true };
        var answer = await _channel.UnaryAsync("/runtime.v1.ImageService/ImageStatus", request, ImageStatusResponse.Parser, _limit, ct);
        using var info = JsonDocument.Parse(answer.Info.TryGetValue("info", out var text) ? text : "{}");
        return info.RootElement.TryGetProperty("chainID", out var chain) && chain.GetString() is { Length: > 0 } name
            ? name
            : throw new IOException("the container runtime does not tell of the image's layers");
    }

    private async Task<string> FindAsync(string chain, CancellationToken ct)
    {
        foreach (var snapshotter in _snapshotters)
        {
            try
            {
                await CallAsync("Stat", new StatSnapshotRequest { Snapshotter = snapshotter, Key = chain }, StatSnapshotResponse.Parser, ct);
                return snapshotter;
            }
            catch (GrpcException error) when (error.Code is GrpcStatusCode.NotFound or GrpcStatusCode.InvalidArgument)
            {
                // Not there, or no such snapshotter.
            }
        }

        throw new IOException($"the image's layers are not unpacked in any of: {string.Join(", ", _snapshotters)}");
    }

    private async Task<IReadOnlyList<Runtime.Snapshots.Mount>> ViewAsync(string snapshotter, string key, string chain, CancellationToken ct)
    {
        try
        {
            var request = new ViewSnapshotRequest
            {
                Snapshotter = snapshotter,
                Key = key,
                Parent = chain,
                // Without it containerd's collector would take the view away.
                Labels = { ["containerd.io/gc.root"] = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) },
            };
            return (await CallAsync("View", request, ViewSnapshotResponse.Parser, ct)).Mounts;
        }
        catch (GrpcException error) when (error.Code == GrpcStatusCode.AlreadyExists)
        {
            return (await CallAsync("Mounts", new MountsRequest { Snapshotter = snapshotter, Key = key }, MountsResponse.Parser, ct)).Mounts;
        }
    }

    private static void Show(Runtime.Snapshots.Mount mount, string target)
    {
        if (mount.Type == "bind")
        {
            Mount.Bind(mount.Source, target, readOnly: true, recursive: true);
            return;
        }

        // Without an upper directory an overlay cannot be written to.
        var options = string.Join(',', mount.Options.Where(o => o is not ("ro" or "rw" or "rbind" or "bind")));
        if (options.Length > OptionsMax) throw new IOException($"the image has too many layers to be mounted ({options.Length} bytes of options; the kernel takes {OptionsMax})");
        Mount.FileSystem(mount.Type, mount.Source.Length > 0 ? mount.Source : mount.Type, target, options.Length > 0 ? options : null);
        Mount.RemountReadOnly(target);
    }

    private Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T> =>
        _channel.UnaryAsync(Service + method, request, parser, _limit, ct);
}
