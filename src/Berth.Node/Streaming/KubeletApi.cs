using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;
using Berth.Node.Logs;
using Berth.Node.PodSync;
using Microsoft.AspNetCore.Http;

namespace Berth.Node.Streaming;

/// <summary>The paths of the node agent's endpoint.</summary>
public sealed class KubeletApi(PodWorkers workers, IRuntimeService runtime, LogReader logs, NodeStatistics statistics, CadvisorMetrics cadvisor, Func<bool> healthy)
{
    public async Task HandleAsync(HttpContext http, CancellationToken ct)
    {
        var path = (http.Request.Path.Value ?? "/").TrimEnd('/');
        switch (path)
        {
            case "/healthz":
                await TextAsync(http, healthy() ? 200 : 500, healthy() ? "ok" : "the node is not registered yet", ct);
                return;
            case "/pods":
                await JsonAsync(http, new ResourceList<Pod> { Items = workers.All.Select(w => w.Pod).ToApiList() }, ct);
                return;
            case "/runningpods":
                await JsonAsync(http, new ResourceList<Pod> { Items = workers.All.Where(w => w.Observed.Running.Any()).Select(w => w.Pod).ToApiList() }, ct);
                return;
            case "/stats/summary":
                await BytesAsync(http, "application/json", await statistics.SummaryAsync(ct), ct);
                return;
            case "/metrics/resource":
                await BytesAsync(http, "text/plain; version=0.0.4", await statistics.ResourceMetricsAsync(ct), ct);
                return;
            case "/metrics/cadvisor":
                await BytesAsync(http, "text/plain; version=0.0.4", cadvisor.Render(), ct);
                return;
            case "/metrics":
                await BytesAsync(http, "text/plain; version=0.0.4", statistics.AgentMetrics(), ct);
                return;
            case "/configz":
                await TextAsync(http, 200, """{"kubeletconfig":{"apiVersion":"kubelet.config.k8s.io/v1beta1","kind":"KubeletConfiguration"}}""", ct, "application/json");
                return;
            default:
                break;
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (parts)
        {
            case ["containerLogs", var ns, var pod, var container]:
                await LogsAsync(http, ns, pod, container, ct);
                return;
            case ["exec", var ns, var pod, .. var rest] when rest.Length is 1 or 2:
                await ExecAsync(http, ns, pod, rest.Length == 2 ? rest[0] : null, rest[^1], ct);
                return;
            case ["attach", var ns, var pod, .. var rest] when rest.Length is 1 or 2:
                await AttachAsync(http, ns, pod, rest.Length == 2 ? rest[0] : null, rest[^1], ct);
                return;
            case ["run", var ns, var pod, .. var rest] when rest.Length is 1 or 2:
                await RunAsync(http, ns, pod, rest.Length == 2 ? rest[0] : null, rest[^1], ct);
                return;
            case ["portForward", var ns, var pod, .. var rest] when rest.Length <= 1:
                await PortForwardAsync(http, ns, pod, rest.FirstOrDefault(), ct);
                return;
            default:
                await TextAsync(http, 404, "404 page not found", ct);
                return;
        }
    }

    private static async Task TextAsync(HttpContext http, int status, string text, CancellationToken ct, string type = "text/plain; charset=utf-8")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        await http.Response.WriteAsync(text, ct);
    }

    private static async Task BytesAsync(HttpContext http, string type, byte[] bytes, CancellationToken ct)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, ct);
    }

    private static Task JsonAsync(HttpContext http, ResourceList<Pod> list, CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ApiJson.WriterOptions)) list.WriteJson(json);
        return BytesAsync(http, "application/json", buffer.WrittenSpan.ToArray(), ct);
    }

    /// <summary>The pod, or a 404 that has been written.</summary>
    private async Task<PodWorker?> FindAsync(HttpContext http, string ns, string pod, string? uid, CancellationToken ct)
    {
        var found = uid is null ? workers.Find(ns, pod) : workers.Find(uid);
        if (found is null) await TextAsync(http, 404, $"pod \"{pod}\" not found in namespace \"{ns}\"", ct);
        return found;
    }

    private async Task LogsAsync(HttpContext http, string ns, string podName, string container, CancellationToken ct)
    {
        if (await FindAsync(http, ns, podName, null, ct) is not { } worker) return;
        if (PodContainer.Find(worker.Pod, container) is null)
        {
            await TextAsync(http, 404, $"container \"{container}\" not found in pod \"{podName}\"", ct);
            return;
        }

        var query = http.Request.Query;
        var previous = query["previous"] == "true";
        var request = new LogQuery
        {
            Follow = query["follow"] == "true" && !previous,
            Timestamps = query["timestamps"] == "true",
            TailLines = Number(query["tailLines"]),
            LimitBytes = Number(query["limitBytes"]),
            Since = Number(query["sinceSeconds"]) is { } seconds ? logs.Ago(seconds)
                : LogReader.TryParseTime(query["sinceTime"].ToString(), out var since) ? since : null,
            Stdout = query["stream"].ToString() is "" or "All" or "Stdout",
            Stderr = query["stream"].ToString() is "" or "All" or "Stderr",
        };
        var observed = worker.Observed;
        var chosen = previous ? observed.Previous(container) : observed.Latest(container);
        if (!previous && chosen is { State: ObservedState.Created }) chosen = observed.Previous(container) ?? chosen;
        if (chosen is null || chosen.LogPath.Length == 0 || !File.Exists(chosen.LogPath))
        {
            var message = previous
                ? $"previous terminated container \"{container}\" in pod \"{podName}\" not found"
                : $"container \"{container}\" in pod \"{podName}\" is waiting to start: {Waiting(worker.Pod, container)}";
            await TextAsync(http, 400, message, ct);
            return;
        }

        http.Response.ContentType = "text/plain";
        // The head goes out at once: a follower of a silent container must see that it is connected.
        await http.Response.StartAsync(ct);
        await http.Response.Body.FlushAsync(ct);
        await logs.CopyAsync(chosen.LogPath, request, () => Task.FromResult(worker.Observed.Running.Any(c => c.Id == chosen.Id)), http.Response.Body, ct);
    }

    private static string Waiting(Pod pod, string container) =>
        pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).Concat(pod.Status.EphemeralContainerStatuses)
            .FirstOrDefault(s => s.Name == container)?.State.Waiting?.Reason ?? "ContainerCreating";

    private async Task<ObservedContainer?> RunningAsync(HttpContext http, string ns, string pod, string? uid, string container, CancellationToken ct)
    {
        if (await FindAsync(http, ns, pod, uid, ct) is not { } worker) return null;
        if (worker.Observed.Running.FirstOrDefault(c => c.Name == container) is { } running) return running;
        await TextAsync(http, 404, $"container not found (\"{container}\")", ct);
        return null;
    }

    private async Task ExecAsync(HttpContext http, string ns, string pod, string? uid, string container, CancellationToken ct)
    {
        if (await RunningAsync(http, ns, pod, uid, container, ct) is not { } running) return;
        var streams = Streams(http);
        if (streams is null)
        {
            await TextAsync(http, 400, "you must specify at least 1 of stdin, stdout, stderr", ct);
            return;
        }

        var request = new Cri.V1.ExecRequest { ContainerId = running.Id, Stdin = streams.Stdin, Stdout = streams.Stdout, Stderr = streams.Stderr && !streams.Tty, Tty = streams.Tty };
        request.Cmd.AddRange(http.Request.Query["command"].Select(c => c ?? ""));
        await StreamBridge.RunAsync(http, new Uri(await runtime.ExecAsync(request, ct)), streams, ct);
    }

    private async Task AttachAsync(HttpContext http, string ns, string pod, string? uid, string container, CancellationToken ct)
    {
        if (await RunningAsync(http, ns, pod, uid, container, ct) is not { } running) return;
        var streams = Streams(http);
        if (streams is null)
        {
            await TextAsync(http, 400, "you must specify at least 1 of stdin, stdout, stderr", ct);
            return;
        }

        // Whether there is a terminal is the container's affair; the client's wish must be the same.
        var request = new Cri.V1.AttachRequest { ContainerId = running.Id, Stdin = streams.Stdin, Stdout = streams.Stdout, Stderr = streams.Stderr && !streams.Tty, Tty = streams.Tty };
        await StreamBridge.RunAsync(http, new Uri(await runtime.AttachAsync(request, ct)), streams, ct);
    }

    private async Task RunAsync(HttpContext http, string ns, string pod, string? uid, string container, CancellationToken ct)
    {
        if (await RunningAsync(http, ns, pod, uid, container, ct) is not { } running) return;
        var command = http.Request.Query["cmd"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var result = await runtime.ExecSyncAsync(running.Id, command, TimeSpan.Zero, ct);
        await TextAsync(http, 200, result.Stdout.ToStringUtf8() + result.Stderr.ToStringUtf8(), ct);
    }

    private async Task PortForwardAsync(HttpContext http, string ns, string pod, string? uid, CancellationToken ct)
    {
        if (await FindAsync(http, ns, pod, uid, ct) is not { } worker) return;
        if (worker.Observed.ReadySandbox is not { } sandbox)
        {
            await TextAsync(http, 404, $"not able to find pod \"{pod}\" running in namespace \"{ns}\"", ct);
            return;
        }

        var request = new Cri.V1.PortForwardRequest { PodSandboxId = sandbox.Id };
        foreach (var port in http.Request.Query["port"].Concat(http.Request.Query["ports"]))
        {
            if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) request.Port.Add(number);
        }

        await StreamBridge.RunAsync(http, new Uri(await runtime.PortForwardAsync(request, ct)), null, ct);
    }

    /// <summary>Both spellings are in use: input of old node agents, stdin of the API's own subresource.</summary>
    private static StreamRequest? Streams(HttpContext http)
    {
        var query = http.Request.Query;
        bool On(string a, string b) => query[a].ToString() is "1" or "true" || query[b].ToString() is "1" or "true";
        var streams = new StreamRequest(On("input", "stdin"), On("output", "stdout"), On("error", "stderr"), On("tty", "tty"));
        return streams.Stdin || streams.Stdout || streams.Stderr ? streams : null;
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
