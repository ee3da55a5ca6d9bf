using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Cri;

/// <summary>gRPC over HTTP/2 on a Unix socket: unary calls and server streams. What asks has already passed the socket's permissions.</summary>
/// <param name="methods">By path, such as <c>/v1beta1.Registration/Register</c>.</param>
public sealed class GrpcServer(string socketPath, IReadOnlyDictionary<string, GrpcMethod> methods, ILoggerFactory logs) : IAsyncDisposable
{
    private static readonly TimeSpan _drain = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _web;

    /// <summary>Takes the socket's place from whoever left one there.</summary>
    /// <exception cref="IOException">The directory cannot be written to.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(socketPath)!);
        File.Delete(socketPath);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = GrpcFraming.MessageBytesMax;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _web = builder.Build();
        _web.Run(HandleAsync);
        await _web.StartAsync(ct);
        // As Kubernetes' own: root alone.
        File.SetUnixFileMode(socketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_web is not null)
        {
            using var limit = new CancellationTokenSource(_drain);
            await _web.StopAsync(limit.Token);
            await _web.DisposeAsync();
            _web = null;
            File.Delete(socketPath);
        }
    }

    private async Task HandleAsync(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping.Token);
        var (code, detail) = (GrpcStatusCode.Ok, "");
        try
        {
            if (!methods.TryGetValue(http.Request.Path.Value ?? "", out var method))
                throw new GrpcException(GrpcStatusCode.Unimplemented, $"unknown method {http.Request.Path}");
            await method.RunAsync(http, either.Token);
        }
        catch (GrpcException error)
        {
            (code, detail) = (error.Code, error.Detail);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            if (http.RequestAborted.IsCancellationRequested) return;
            (code, detail) = (GrpcStatusCode.Unavailable, "the server is stopping");
        }
        catch (Exception error) when (error is IOException or Google.Protobuf.InvalidProtocolBufferException)
        {
            (code, detail) = (GrpcStatusCode.Internal, error.Message);
        }

        http.Response.AppendTrailer("grpc-status", ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (detail.Length > 0) http.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(detail));
    }
}
