using System.Text.Json.Nodes;

namespace Berth.Samples.Tests;

/// <summary>What the drill's client saw.</summary>
/// <param name="Acknowledged">Writes.</param>
/// <param name="Lost">Acknowledged, and not there when everything was read back.</param>
/// <param name="UnavailableSeconds">The longest time between two acknowledgements.</param>
internal sealed record DrillResult(int Acknowledged, int Lost, double UnavailableSeconds);

/// <summary>The client of samples/drill in a pod: it writes and counts while a test breaks things.</summary>
internal sealed class Drill(BerthInstance berth, string name)
{
    private static readonly TimeSpan s_serveLimit = TimeSpan.FromMinutes(2);

    private readonly string _pod = "drill-" + name;

    /// <param name="system">As drill.py names it.</param>
    /// <param name="encrypt">The system takes encrypted connections alone.</param>
    public async Task StartAsync(string system, bool encrypt, CancellationToken ct)
    {
        await berth.KubectlAsync(ct, [
            "run", _pod, "--image=berth.local/drill:1", "--restart=Never", .. encrypt ? ["--env=ENCRYPT=1"] : Array.Empty<string>(),
            "--command", "--", "python3", "-u", "/drill/drill.py", system, name, "sample",
        ]);
        await berth.KubectlAsync(ct, "wait", "--for=condition=Ready", "pod/" + _pod, "--timeout=100s");
        await ServesAsync(ct);
    }

    /// <summary>Returns when something more was acknowledged than so far.</summary>
    public async Task ServesAsync(CancellationToken ct)
    {
        var before = await AcknowledgedAsync(ct);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(s_serveLimit);
        try
        {
            while (await AcknowledgedAsync(ct) <= before)
                await Task.Delay(TimeSpan.FromMilliseconds(500), deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{name} acknowledged nothing for {s_serveLimit.TotalSeconds:F0} s after {before} writes\n{await berth.SituationAsync(ct)}");
        }
    }

    public async Task<DrillResult> EndAsync(CancellationToken ct)
    {
        await berth.KubectlAsync(ct, "exec", _pod, "--", "touch", "/tmp/stop");
        await berth.KubectlAsync(ct, "wait", "--for=jsonpath={.status.containerStatuses[0].state.terminated.reason}", "pod/" + _pod, "--timeout=100s");
        var said = (await berth.KubectlAsync(ct, "logs", _pod)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var result = JsonNode.Parse(said[^1])!;
        return new((int)result["acknowledged"]!, (int)result["lost"]!, (double)result["unavailableSeconds"]!);
    }

    private async Task<int> AcknowledgedAsync(CancellationToken ct)
    {
        var last = (await berth.KubectlAsync(ct, "logs", _pod, "--tail=20")).Split('\n').LastOrDefault(l => l.StartsWith("acknowledged ", StringComparison.Ordinal));
        return last is null ? 0 : int.Parse(last.AsSpan("acknowledged ".Length), System.Globalization.CultureInfo.InvariantCulture);
    }
}
