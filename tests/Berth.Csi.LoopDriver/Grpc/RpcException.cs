using Berth.Node.Cri;

namespace Berth.Csi.LoopDriver.Grpc;

/// <summary>A call refused, with gRPC's code.</summary>
public sealed class RpcException(GrpcStatusCode code, string message) : Exception(message)
{
    public GrpcStatusCode Code { get; } = code;
}
