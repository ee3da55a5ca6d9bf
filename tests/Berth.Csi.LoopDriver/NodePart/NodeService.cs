using Berth.Csi.LoopDriver.Grpc;
using Berth.Linux.Mounts;
using Berth.Linux.Processes;
using Berth.Node.Cri;
using Berth.Node.Volumes;
using Berth.Node.Volumes.Csi.V1;
using Google.Protobuf;
using Rpc = Berth.Node.Volumes.Csi.V1.NodeServiceCapability.Types.RPC.Types.Type;

namespace Berth.Csi.LoopDriver.NodePart;

/// <summary>
/// The node part: a volume's file becomes a loop device and is mounted once (stage), and shown to each pod by a bind mount
/// (publish). Inline volumes are directories with a file that tells what the driver was told.
/// </summary>
public sealed class NodeService(DriverOptions options, Storage storage)
{
    private const string Service = "/csi.v1.Node/";

    /// <summary>Calls of each method, for tests to count.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);

    /// <summary>Refuses the method's calls with the message, for tests of faults.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, string> Faults { get; } = new(StringComparer.Ordinal);

    public void Map(RpcServer server)
    {
        Map(server, "NodeGetInfo", NodeGetInfoRequest.Parser, (_, _) => Task.FromResult<IMessage>(Info()));
        Map(server, "NodeGetCapabilities", NodeGetCapabilitiesRequest.Parser, (_, _) => Task.FromResult<IMessage>(Capabilities()));
        Map(server, "NodeStageVolume", NodeStageVolumeRequest.Parser, StageAsync);
        Map(server, "NodeUnstageVolume", NodeUnstageVolumeRequest.Parser, UnstageAsync);
        Map(server, "NodePublishVolume", NodePublishVolumeRequest.Parser, PublishAsync);
        Map(server, "NodeUnpublishVolume", NodeUnpublishVolumeRequest.Parser, (r, _) => Task.FromResult<IMessage>(Unpublish(r)));
        Map(server, "NodeExpandVolume", NodeExpandVolumeRequest.Parser, ExpandAsync);
        Map(server, "NodeGetVolumeStats", NodeGetVolumeStatsRequest.Parser, (r, _) => Task.FromResult<IMessage>(Stats(r)));
    }

    private void Map<T>(RpcServer server, string method, MessageParser<T> parser, Func<T, CancellationToken, Task<IMessage>> handle)
        where T : class, IMessage<T> =>
        server.Map(Service + method, parser, (request, ct) =>
        {
            Calls.AddOrUpdate(method, 1, (_, n) => n + 1);
            return Faults.TryGetValue(method, out var fault) ? throw new RpcException(GrpcStatusCode.Internal, fault) : handle(request, ct);
        });

    private NodeGetInfoResponse Info()
    {
        var info = new NodeGetInfoResponse { NodeId = "id-of-" + options.NodeName, MaxVolumesPerNode = options.VolumesMax };
        if (options.TopologyKey.Length > 0)
            info.AccessibleTopology = new Topology { Segments = { [options.TopologyKey] = options.TopologyValue } };
        return info;
    }

    private static NodeGetCapabilitiesResponse Capabilities()
    {
        var answer = new NodeGetCapabilitiesResponse();
        foreach (var type in (Rpc[])[Rpc.StageUnstageVolume, Rpc.GetVolumeStats, Rpc.ExpandVolume, Rpc.SingleNodeMultiWriter])
            answer.Capabilities.Add(new NodeServiceCapability { Rpc = new NodeServiceCapability.Types.RPC { Type = type } });
        return answer;
    }

    private async Task<IMessage> StageAsync(NodeStageVolumeRequest request, CancellationToken ct)
    {
        if (!storage.Exists(request.VolumeId))
            throw new RpcException(GrpcStatusCode.NotFound, $"volume {request.VolumeId} does not exist");
        if (!storage.IsAttached(request.VolumeId, options.NodeName) || request.PublishContext.GetValueOrDefault("attachedTo") != "id-of-" + options.NodeName)
            throw new RpcException(GrpcStatusCode.FailedPrecondition, $"volume {request.VolumeId} is not attached to {options.NodeName}");
        var device = await LoopDevice.EnsureAsync(storage.FileOf(request.VolumeId), ct);
        if (request.VolumeCapability.Mount is { } mount)
            await DeviceMount.EnsureAsync(device, request.StagingTargetPath, mount.FsType.Length > 0 ? mount.FsType : "ext4", mount.MountFlags, ct);
        return new NodeStageVolumeResponse();
    }

    private async Task<IMessage> UnstageAsync(NodeUnstageVolumeRequest request, CancellationToken ct)
    {
        if (MountTable.IsMountPoint(request.StagingTargetPath))
            Mount.Unmount(request.StagingTargetPath);
        await LoopDevice.ReleaseAsync(storage.FileOf(request.VolumeId), ct);
        return new NodeUnstageVolumeResponse();
    }

    private async Task<IMessage> PublishAsync(NodePublishVolumeRequest request, CancellationToken ct)
    {
        var target = request.TargetPath;
        if (request.VolumeContext.GetValueOrDefault("csi.storage.k8s.io/ephemeral") == "true")
        {
            Inline(request);
            return new NodePublishVolumeResponse();
        }

        if (MountTable.IsMountPoint(target))
            return new NodePublishVolumeResponse();
        if (request.VolumeCapability.Block is not null)
        {
            var device = await LoopDevice.FindAsync(storage.FileOf(request.VolumeId), ct)
                ?? throw new RpcException(GrpcStatusCode.FailedPrecondition, $"volume {request.VolumeId} is not staged");
            await File.WriteAllBytesAsync(target, [], ct);
            Mount.Bind(device, target);
            return new NodePublishVolumeResponse();
        }

        if (!MountTable.IsMountPoint(request.StagingTargetPath))
            throw new RpcException(GrpcStatusCode.FailedPrecondition, $"volume {request.VolumeId} is not staged at {request.StagingTargetPath}");
        Directory.CreateDirectory(target);
        Mount.Bind(request.StagingTargetPath, target, request.Readonly);
        return new NodePublishVolumeResponse();
    }

    /// <summary>Shows the pod what this driver was told of it.</summary>
    private static void Inline(NodePublishVolumeRequest request)
    {
        Directory.CreateDirectory(request.TargetPath);
        if (!MountTable.IsMountPoint(request.TargetPath))
            Mount.Tmpfs(request.TargetPath, 1024 * 1024);
        var told = request.VolumeContext.Select(e => $"{e.Key}={e.Value}").Concat(request.Secrets.Select(e => $"secret:{e.Key}={e.Value}")).Order(StringComparer.Ordinal);
        File.WriteAllLines(Path.Combine(request.TargetPath, "told"), told);
        if (request.Readonly)
            Mount.RemountReadOnly(request.TargetPath);
    }

    private static NodeUnpublishVolumeResponse Unpublish(NodeUnpublishVolumeRequest request)
    {
        while (MountTable.IsMountPoint(request.TargetPath))
            Mount.Unmount(request.TargetPath);
        if (File.Exists(request.TargetPath))
            File.Delete(request.TargetPath);
        if (Directory.Exists(request.TargetPath))
            Directory.Delete(request.TargetPath);
        return new NodeUnpublishVolumeResponse();
    }

    private async Task<IMessage> ExpandAsync(NodeExpandVolumeRequest request, CancellationToken ct)
    {
        var device = await LoopDevice.FindAsync(storage.FileOf(request.VolumeId), ct)
            ?? throw new RpcException(GrpcStatusCode.NotFound, $"volume {request.VolumeId} is not staged");
        await LoopDevice.RefreshAsync(device, ct);
        if (request.VolumeCapability?.Block is null)
            await ProcessRunner.RunAsync(ProcessRunner.Find("resize2fs") ?? "resize2fs", [device], cancellation: ct);
        return new NodeExpandVolumeResponse { CapacityBytes = storage.SizeOf(request.VolumeId) };
    }

    private static NodeGetVolumeStatsResponse Stats(NodeGetVolumeStatsRequest request)
    {
        if (!Directory.Exists(request.VolumePath))
            throw new RpcException(GrpcStatusCode.NotFound, $"nothing at {request.VolumePath}");
        var drive = new DriveInfo(request.VolumePath);
        var usage = new VolumeUsage { Unit = VolumeUsage.Types.Unit.Bytes, Total = drive.TotalSize, Available = drive.AvailableFreeSpace, Used = drive.TotalSize - drive.TotalFreeSpace };
        return new NodeGetVolumeStatsResponse { Usage = { usage } };
    }
}
