using System.Globalization;
using System.Text.Json.Nodes;

namespace Berth.TestKit;

/// <summary>What the drill's client saw.</summary>
/// <param name="Acknowledged">Writes.</param>
/// <param name="Lost">Acknowledged, and not there when everything was read back.</param>
/// <param name="UnavailableSeconds">The longest time between two acknowledgements.</param>
internal sealed record DrillResult(int Acknowledged, int Lost, double UnavailableSeconds);

/// <summary>The client of samples/drill in a pod: it writes and counts while a test breaks things.</summary>
/// <param name="kubectl">Runs kubectl, which has to succeed, and gives what it printed.</param>
/// <param name="situation">What there is, for the report of a failure.</param>
internal sealed class Drill(Func<IReadOnlyList<string>, Task<string>> kubectl, Func<Task<string>> situation, string name)
{
    private static readonly TimeSpan s_serveLimit = TimeSpan.FromMinutes(2);

    private readonly string _pod = "drill-" + name;
    private int _toldOutages;

    /// <param name="system">As drill.py names it.</param>
    /// <param name="encrypt">The system takes encrypted connections alone.</param>
    /// <param name="node">Where the client is to run; null for anywhere.</param>
    public async Task StartAsync(string system, bool encrypt, string? node, CancellationToken ct)
    {
        await kubectl([
            "run", _pod, "--image=berth.local/drill:1", "--restart=Never", .. encrypt ? ["--env=ENCRYPT=1"] : Array.Empty<string>(),
            .. node is null ? Array.Empty<string>() : ["--overrides={\"spec\":{\"nodeName\":\"" + node + "\"}}"],
            "--command", "--", "python3", "-u", "/drill/drill.py", system, name, "sample",
        ]);
        await kubectl(["wait", "--for=condition=Ready", "pod/" + _pod, "--timeout=100s"]);
        await ServesAsync(ct);
    }

    /// <summary>Returns when something more was acknowledged than so far.</summary>
    public async Task ServesAsync(CancellationToken ct)
    {
        var before = await AcknowledgedAsync();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(s_serveLimit);
        try
        {
            while (await AcknowledgedAsync() <= before)
                await Task.Delay(TimeSpan.FromMilliseconds(500), deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{name} acknowledged nothing for {s_serveLimit.TotalSeconds:F0} s after {before} writes\n{await situation()}");
        }
    }

    /// <summary>The times without an answer that ended since this was asked last, in seconds; those under half a second do not count.</summary>
    public async Task<IReadOnlyList<double>> OutagesAsync()
    {
        const string Told = "unavailable ";
        var all = (await kubectl(["logs", _pod])).Split('\n').Where(l => l.StartsWith(Told, StringComparison.Ordinal)).ToList();
        var since = all.Skip(_toldOutages).Select(l => double.Parse(l.AsSpan(Told.Length), CultureInfo.InvariantCulture)).ToList();
        _toldOutages = all.Count;
        return since;
    }

    public async Task<DrillResult> EndAsync()
    {
        await kubectl(["exec", _pod, "--", "touch", "/tmp/stop"]);
        await kubectl(["wait", "--for=jsonpath={.status.containerStatuses[0].state.terminated.reason}", "pod/" + _pod, "--timeout=100s"]);
        var said = (await kubectl(["logs", _pod])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var result = JsonNode.Parse(said[^1])!;
        return new((int)result["acknowledged"]!, (int)result["lost"]!, (double)result["unavailableSeconds"]!);
    }

    private async Task<int> AcknowledgedAsync()
    {
        var last = (await kubectl(["logs", _pod, "--tail=20"])).Split('\n').LastOrDefault(l => l.StartsWith("acknowledged ", StringComparison.Ordinal));
        return last is null ? 0 : int.Parse(last.AsSpan("acknowledged ".Length), CultureInfo.InvariantCulture);
    }
}
