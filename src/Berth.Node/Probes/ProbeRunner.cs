using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Events;
using Berth.Node.Cri;

namespace Berth.Node.Probes;

/// <summary>What one probe came to.</summary>
public readonly record struct ProbeOutcome(bool Success, string Output);

/// <summary>Runs single probes.</summary>
public sealed class ProbeRunner(IRuntimeService runtime, ProbeHttp http, EventRecorder events, TimeProvider time)
{
    public EventRecorder Events => events;

    public TimeProvider Time => time;

    public async Task<ProbeOutcome> RunAsync(Probe probe, Container container, string containerId, string podIp, CancellationToken ct)
    {
        var limit = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds));
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            if (probe.Exec is { } exec)
            {
                var result = await runtime.ExecSyncAsync(containerId, exec.Command, limit, ct);
                return new ProbeOutcome(result.ExitCode == 0, (result.Stdout.ToStringUtf8() + result.Stderr.ToStringUtf8()).Trim());
            }

            if (probe.HttpGet is { } get)
            {
                var answer = await http.GetAsync(get, PortResolver.Resolve(get.Port, container), podIp, either.Token);
                return answer.Status is >= 200 and < 400
                    ? new ProbeOutcome(true, answer.Body)
                    : new ProbeOutcome(false, $"HTTP probe failed with statuscode: {answer.Status}");
            }

            if (probe.TcpSocket is { } tcp)
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(tcp.Host.Length > 0 ? tcp.Host : podIp, PortResolver.Resolve(tcp.Port, container), either.Token);
                return new ProbeOutcome(true, "");
            }

            return probe.Grpc is { } grpc
                ? await GrpcHealth.CheckAsync(podIp, grpc.Port, grpc.Service ?? "", either.Token)
                : new ProbeOutcome(false, "missing probe handler");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ProbeOutcome(false, "context deadline exceeded");
        }
        catch (GrpcException error) when (error.Code == GrpcStatusCode.DeadlineExceeded)
        {
            return new ProbeOutcome(false, $"command timed out: {error.Message}");
        }
        catch (Exception error) when (error is GrpcException or HttpRequestException or SocketException or FormatException or IOException)
        {
            return new ProbeOutcome(false, error.InnerException is SocketException inner ? $"dial tcp: {inner.Message}" : error.Message);
        }
    }
}
