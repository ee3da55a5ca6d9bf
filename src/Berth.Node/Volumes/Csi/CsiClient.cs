using Berth.Node.Cri;
using Berth.Node.Volumes.Csi.V1;
using Google.Protobuf;

namespace Berth.Node.Volumes.Csi;

/// <summary>One driver's node service over its socket. Owns a channel; safe for concurrent use. Every call can be repeated: CSI asks that of drivers.</summary>
public sealed class CsiClient(string socketPath, TimeProvider time) : IDisposable
{
    // As in Kubernetes' node agent: formatting a large disk takes its time.
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    private readonly GrpcChannel _channel = new(socketPath, time);

    public void Dispose() => _channel.Dispose();

    public Task<NodeGetInfoResponse> NodeGetInfoAsync(CancellationToken ct) => CallAsync("NodeGetInfo", new NodeGetInfoRequest(), NodeGetInfoResponse.Parser, ct);

    public Task<NodeGetCapabilitiesResponse> NodeGetCapabilitiesAsync(CancellationToken ct) =>
        CallAsync("NodeGetCapabilities", new NodeGetCapabilitiesRequest(), NodeGetCapabilitiesResponse.Parser, ct);

    public Task NodeStageVolumeAsync(NodeStageVolumeRequest request, CancellationToken ct) => CallAsync("NodeStageVolume", request, NodeStageVolumeResponse.Parser, ct);

    public Task NodeUnstageVolumeAsync(NodeUnstageVolumeRequest request, CancellationToken ct) => CallAsync("NodeUnstageVolume", request, NodeUnstageVolumeResponse.Parser, ct);

    public Task NodePublishVolumeAsync(NodePublishVolumeRequest request, CancellationToken ct) => CallAsync("NodePublishVolume", request, NodePublishVolumeResponse.Parser, ct);

    public Task NodeUnpublishVolumeAsync(NodeUnpublishVolumeRequest request, CancellationToken ct) =>
        CallAsync("NodeUnpublishVolume", request, NodeUnpublishVolumeResponse.Parser, ct);

    public Task<NodeExpandVolumeResponse> NodeExpandVolumeAsync(NodeExpandVolumeRequest request, CancellationToken ct) =>
        CallAsync("NodeExpandVolume", request, NodeExpandVolumeResponse.Parser, ct);

    public Task<NodeGetVolumeStatsResponse> NodeGetVolumeStatsAsync(NodeGetVolumeStatsRequest request, CancellationToken ct) =>
        CallAsync("NodeGetVolumeStats", request, NodeGetVolumeStatsResponse.Parser, ct);

    private Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T> => _channel.UnaryAsync("/csi.v1.Node/" + method, request, parser, _limit, ct);
}
