using System.CommandLine;
using System.Globalization;
using Berth.Client.Informers;
using Berth.Instance;
using Berth.Logging;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Explain;
using Microsoft.Extensions.Logging;

namespace Berth.Verbs;

/// <summary><c>berth why POD</c>: what keeps a pod from running and what would change that, or why it is where it is.</summary>
internal static class WhyVerb
{
    // Reading a large cluster takes seconds; one that does not answer is told of.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var pod = new Argument<string>("pod") { Description = "Pod, or namespace/pod" };
        var ns = new Option<string?>("--namespace", "-n") { Description = "Namespace of the pod (default: that of the kubeconfig)" };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "How to reach the cluster (default: $KUBECONFIG, or that of --data-dir)" };
        var directory = Options.DataDirectory();
        var command = new Command("why", "Say what keeps a pod from running, or why it is where it is") { pod, ns, kubeconfig, directory };
        command.SetAction(async (parsed, ct) =>
        {
            var file = SchedulerVerb.KubeconfigOf(parsed.GetValue(kubeconfig), parsed.GetRequiredValue(directory));
            var text = parsed.GetRequiredValue(pod);
            if (text.StartsWith("pod/", StringComparison.Ordinal) || text.StartsWith("pods/", StringComparison.Ordinal))
                text = text[(text.IndexOf('/', StringComparison.Ordinal) + 1)..];
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            var (client, http) = SchedulerVerb.Connect(file);
            using var _ = http;
            var space = slash > 0 ? text[..slash] : parsed.GetValue(ns) ?? SchedulerVerb.NamespaceOf(file);
            return await RunAsync(client, space, text[(slash + 1)..], ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(Client.ClusterClient client, string ns, string name, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(s_patience);
        using var logs = new LineLoggerFactory(Console.Error, LogLevel.Warning, TimeProvider.System);
        // Asked first, so that a wrong name or a closed door is told at once.
        try
        {
            await client.GetAsync<Api.Core.V1.Pod>(ns, name, ct: deadline.Token);
        }
        catch (Client.ApiException e) when (e.IsNotFound)
        {
            throw new UserErrorException($"there is no pod {ns}/{name}", "see kubectl get pods -A; give a namespace with -n", e);
        }

        var claims = await SchedulerVerb.ServesClaimsAsync(client, deadline.Token);
        using var cluster = new ExplainedCluster(new InformerFactory(client, logs, TimeProvider.System), TimeProvider.System, [SchedulerProfile.Default], claims);
        try
        {
            await cluster.LoadAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new UserErrorException("the cluster could not be read within a minute", "see the lines above for what it answers");
        }

        var explanation = cluster.Explain(ns, name) ?? throw new UserErrorException($"the pod {ns}/{name} has gone", "see kubectl get pods -A");
        foreach (var line in Lines(explanation))
            Console.WriteLine(line);
        return 0;
    }

    private static IEnumerable<string> Lines(Explanation explanation) => explanation switch
    {
        Explanation.Waits waits => Lines(waits),
        Explanation.Placed placed => Lines(placed),
        _ => throw new InvalidOperationException($"no text for {explanation.GetType()}"),
    };

    private static IEnumerable<string> Lines(Explanation.Waits waits)
    {
        var pod = $"{waits.Pod.Metadata.Namespace}/{waits.Pod.Metadata.Name}";
        if (waits.Pod.Metadata.DeletionTimestamp is not null)
        {
            yield return $"{pod} is being deleted.";
            yield break;
        }

        if (waits.Problem is { } problem)
            yield return $"{pod} {problem}.";
        else if (waits.Nodes == 0)
            yield return $"{pod} waits: the cluster has no nodes.";
        else if (waits.Open.Count > 0)
            yield return $"{pod} would fit on {waits.Open.Count} of {waits.Nodes} nodes now ({Some(waits.Open)}): its scheduler has not placed it yet.";
        else
            yield return waits.Nodes == 1 ? $"{pod} waits: the only node cannot take it." : $"{pod} waits: none of {waits.Nodes} nodes can take it.";
        if (waits.Obstacles.Count > 0)
        {
            yield return "";
            yield return "What keeps it off nodes:";
            foreach (var line in Lines(waits.Obstacles))
                yield return line;
        }

        if (waits.Position > 0)
        {
            yield return "";
            yield return $"In the queue: number {waits.Position} of {waits.Waiting} by priority ({waits.Pod.Spec.Priority ?? 0}) and age.";
        }

        if (waits.Remedies.Count > 0)
        {
            yield return "";
            yield return "What would let it run, smallest change first:";
            foreach (var remedy in waits.Remedies)
                yield return $"  - {remedy.Text}{(remedy.Nodes > 1 ? $" ({remedy.Nodes} nodes)" : "")}";
        }
        else if (waits.Problem is null && waits.Open.Count == 0 && waits.Nodes > 0)
        {
            yield return "";
            yield return "No one or two changes that were tried would let it run.";
        }
    }

    private static IEnumerable<string> Lines(Explanation.Placed placed)
    {
        var pod = $"{placed.Pod.Metadata.Namespace}/{placed.Pod.Metadata.Name}";
        yield return placed.Nodes == 1 ? $"{pod} is on {placed.NodeName}, the only node." : $"{pod} is on {placed.NodeName}, one of {placed.Nodes} nodes.";
        if (placed.Scores.Count > 0)
        {
            yield return "";
            yield return "How the nodes that can take it would be judged now, were it to be placed again:";
            var scorers = placed.Scores[0].Parts.Select(p => p.Scorer).ToList();
            var width = Math.Max(4, placed.Scores.Max(s => s.NodeName.Length));
            yield return $"  {"node".PadRight(width)}  total  {string.Join("  ", scorers)}";
            foreach (var score in placed.Scores)
            {
                var parts = score.Parts.Select(p => p.Score.ToString(CultureInfo.InvariantCulture).PadLeft(p.Scorer.Length));
                var mark = score.NodeName == placed.NodeName ? "*" : " ";
                yield return $" {mark}{score.NodeName.PadRight(width)}  {score.Total,5}  {string.Join("  ", parts)}";
            }
        }

        if (placed.Obstacles.Count > 0)
        {
            yield return "";
            yield return "What keeps it off the others:";
            foreach (var line in Lines(placed.Obstacles))
                yield return line;
        }
    }

    private static IEnumerable<string> Lines(IReadOnlyList<Obstacle> obstacles)
    {
        foreach (var obstacle in obstacles)
        {
            var alone = obstacle.Alone == obstacle.Nodes ? "" : obstacle.Alone == 0 ? ", never alone" : $", alone on {obstacle.Alone}";
            yield return $"  {Nodes(obstacle.Nodes),9}  {obstacle.Reason}{alone} ({Some(obstacle.Examples, obstacle.Nodes)})";
        }
    }

    private static string Nodes(int count) => count == 1 ? "1 node" : $"{count} nodes";

    private static string Some(IReadOnlyList<string> names, int? of = null) =>
        string.Join(", ", names.Take(3)) + ((of ?? names.Count) > 3 ? ", ..." : "");
}
