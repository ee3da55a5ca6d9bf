using System.Buffers.Binary;
using System.Globalization;
using Berth.Node.Cri;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Berth.Csi.LoopDriver.Grpc;

/// <summary>gRPC's unary calls over HTTP/2 on a Unix socket: as much of a server as a driver needs.</summary>
public sealed class RpcServer : IAsyncDisposable
{
    private readonly Dictionary<string, Func<byte[], CancellationToken, Task<IMessage>>> _methods = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    public RpcServer(string socketPath)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(socketPath)!);
        File.Delete(socketPath);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <param name="method">Such as <c>/csi.v1.Node/NodeGetInfo</c>.</param>
    public void Map<TRequest>(string method, MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<IMessage>> handle)
        where TRequest : class, IMessage<TRequest> => _methods[method] = (body, ct) => handle(parser.ParseFrom(body), ct);

    public Task StartAsync() => _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        http.Response.DeclareTrailer("grpc-status");
        http.Response.DeclareTrailer("grpc-message");
        try
        {
            if (!_methods.TryGetValue(http.Request.Path.Value ?? "", out var method))
                throw new RpcException(GrpcStatusCode.Unimplemented, $"unknown method {http.Request.Path}");
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            var answer = await method(body.ToArray()[5..], http.RequestAborted);
            var frame = new byte[5 + answer.CalculateSize()];
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
            answer.WriteTo(frame.AsSpan(5));
            await http.Response.Body.WriteAsync(frame, http.RequestAborted);
            End(http, GrpcStatusCode.Ok, "");
        }
        catch (RpcException error)
        {
            End(http, error.Code, error.Message);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or Berth.Linux.Processes.ProcessFailedException)
        {
            End(http, GrpcStatusCode.Internal, error.Message);
        }
    }

    private static void End(HttpContext http, GrpcStatusCode code, string message)
    {
        http.Response.AppendTrailer("grpc-status", ((int)code).ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0)
            http.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
    }
}
