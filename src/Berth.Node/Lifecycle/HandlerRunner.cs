using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;
using Berth.Node.PodSync;
using Berth.Node.Probes;

namespace Berth.Node.Lifecycle;

/// <summary>Runs postStart and preStop handlers.</summary>
public sealed class HandlerRunner(IRuntimeService runtime, ProbeHttp http, TimeProvider time)
{
    /// <summary>Null when the handler did its work, else what went wrong.</summary>
    public async Task<string?> RunAsync(LifecycleHandler handler, Container container, string containerId, string podIp, CancellationToken ct)
    {
        try
        {
            if (handler.Exec is { } exec)
            {
                var result = await runtime.ExecSyncAsync(containerId, exec.Command, TimeSpan.Zero, ct);
                return result.ExitCode == 0
                    ? null
                    : $"command '{string.Join(' ', exec.Command)}' exited with {result.ExitCode}: {result.Stderr.ToStringUtf8()}{result.Stdout.ToStringUtf8()}";
            }

            if (handler.HttpGet is { } get)
            {
                var answer = await http.GetAsync(get, PortResolver.Resolve(get.Port, container), podIp, ct);
                return answer.Status is >= 200 and < 400 ? null : $"HTTP request returned status code {answer.Status}";
            }

            if (handler.TcpSocket is { } tcp)
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(tcp.Host.Length > 0 ? tcp.Host : podIp, PortResolver.Resolve(tcp.Port, container), ct);
                return null;
            }

            if (handler.Sleep is { } sleep) await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), time, ct);
            return null;
        }
        catch (Exception error) when (error is GrpcException or HttpRequestException or SocketException or FormatException or IOException)
        {
            return error.Message;
        }
    }
}
