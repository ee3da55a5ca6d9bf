namespace Berth.Node.Cri;

/// <summary>A call that the peer refused, or that did not reach it (<see cref="GrpcStatusCode.Unavailable"/>) or end in time (<see cref="GrpcStatusCode.DeadlineExceeded"/>).</summary>
/// <param name="code">The status.</param>
/// <param name="detail">The peer's words, without the code; users see them in events (<c>rpc error: code = NotFound desc = ...</c>).</param>
public sealed class GrpcException(GrpcStatusCode code, string detail, Exception? inner = null)
    : Exception($"rpc error: code = {code} desc = {detail}", inner)
{
    public GrpcStatusCode Code { get; } = code;

    public string Detail { get; } = detail;
}
