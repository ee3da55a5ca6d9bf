using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Ingress.Tests;

/// <summary>A server as a pod has it: says its name and what it was asked; echoes WebSockets; as HTTP/2 server streams with trailers.</summary>
internal sealed class TestBackend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private TestBackend(string name, HttpProtocols protocols)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = protocols));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(context => AnswerAsync(name, context));
    }

    public int Port => new Uri(_app.Urls.Single()).Port;

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Completes a request to /wait.</summary>
    public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<TestBackend> StartAsync(string name, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var result = new TestBackend(name, protocols);
        await result._app.StartAsync();
        return result;
    }

    private async Task AnswerAsync(string name, HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
            return;
        }
        if (context.Request.Path == "/wait")
            await Released.Task;
        if (context.Request.Protocol == "HTTP/2" && context.Request.Path == "/stream")
        {
            // As gRPC does: answers while the request is still open, and ends with trailers.
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.FlushAsync();
            var buffer = new byte[64];
            while (await context.Request.Body.ReadAsync(buffer) is > 0 and var length)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, length));
                await context.Response.Body.FlushAsync();
            }
            context.Response.AppendTrailer("grpc-status", "0");
            return;
        }
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
        var text = $"{name} {context.Request.Protocol} {context.Request.Method} {context.Request.Host} {context.Request.Path}{context.Request.QueryString} "
            + $"for={context.Request.Headers["X-Forwarded-For"]} proto={context.Request.Headers["X-Forwarded-Proto"]} body={body}";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
