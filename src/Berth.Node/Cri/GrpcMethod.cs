using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Berth.Node.Cri;

/// <summary>One method of a <see cref="GrpcServer"/>. A handler refuses with <see cref="GrpcException"/>.</summary>
public abstract class GrpcMethod
{
    public static GrpcMethod Unary<TRequest, TResponse>(MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : IMessage =>
        new UnaryMethod<TRequest, TResponse>(parser, handler);

    public static GrpcMethod ServerStream<TRequest, TResponse>(MessageParser<TRequest> parser, Func<TRequest, CancellationToken, IAsyncEnumerable<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : IMessage =>
        new StreamMethod<TRequest, TResponse>(parser, handler);

    internal abstract Task RunAsync(HttpContext http, CancellationToken ct);

    private static async Task<T> ReadAsync<T>(HttpContext http, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T> =>
        await GrpcFraming.ReadAsync(http.Request.Body, parser, ct) ?? throw new GrpcException(GrpcStatusCode.Internal, "the call has no message");

    private sealed class UnaryMethod<TRequest, TResponse>(MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<TResponse>> handler) : GrpcMethod
        where TRequest : class, IMessage<TRequest>
        where TResponse : IMessage
    {
        internal override async Task RunAsync(HttpContext http, CancellationToken ct) =>
            await http.Response.Body.WriteAsync(GrpcFraming.Frame(await handler(await ReadAsync(http, parser, ct), ct)), ct);
    }

    private sealed class StreamMethod<TRequest, TResponse>(MessageParser<TRequest> parser, Func<TRequest, CancellationToken, IAsyncEnumerable<TResponse>> handler) : GrpcMethod
        where TRequest : class, IMessage<TRequest>
        where TResponse : IMessage
    {
        internal override async Task RunAsync(HttpContext http, CancellationToken ct)
        {
            await foreach (var message in handler(await ReadAsync(http, parser, ct), ct).WithCancellation(ct))
            {
                await http.Response.Body.WriteAsync(GrpcFraming.Frame(message), ct);
                await http.Response.Body.FlushAsync(ct);
            }
        }
    }
}
