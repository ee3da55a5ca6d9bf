using System.CommandLine;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Metrics.V1Beta1;
using Berth.Client;
using Berth.Instance;
using Berth.Scheduler.Map;
using Spectre.Console;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Verbs;

/// <summary><c>berth map [NODE]</c>: which pod holds which cores, memory and devices of a node, once or live.</summary>
internal static class MapVerb
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    // Told apart on light and dark ground; further owners begin anew.
    private static readonly Color[] s_colours = [Color.DodgerBlue1, Color.Orange3, Color.Green3, Color.Magenta2, Color.DarkCyan, Color.Gold3, Color.MediumPurple, Color.IndianRed];

    public static Command Create()
    {
        var node = new Argument<string?>("node") { Description = "Which node (default: all)", Arity = ArgumentArity.ZeroOrOne };
        var watch = new Option<bool>("--watch", "-w") { Description = "Draw it anew every two seconds" };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "How to reach the cluster (default: $KUBECONFIG, or that of --data-dir)" };
        var directory = Options.DataDirectory();
        var command = new Command("map", "Draw which pod holds which cores, memory and devices of a node") { node, watch, kubeconfig, directory };
        command.SetAction(async (parsed, ct) =>
        {
            var file = SchedulerVerb.KubeconfigOf(parsed.GetValue(kubeconfig), parsed.GetRequiredValue(directory));
            var (client, http) = SchedulerVerb.Connect(file);
            using var _ = http;
            return await RunAsync(client, parsed.GetValue(node), parsed.GetValue(watch), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(ClusterClient client, string? node, bool watch, CancellationToken ct)
    {
        var terminal = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;
        if (watch && !terminal)
            throw new UserErrorException("--watch draws on a terminal, and this output is none", "leave --watch out");
        var first = await DrawAsync(client, node, ct);
        if (!watch)
        {
            foreach (var line in first)
            {
                if (terminal)
                    AnsiConsole.MarkupLine(MarkupOf(line));
                else
                    Console.WriteLine(line);
            }

            return 0;
        }

        try
        {
            await AnsiConsole.Live(RowsOf(first)).StartAsync(async live =>
            {
                while (true)
                {
                    await Task.Delay(s_interval, ct);
                    live.UpdateTarget(RowsOf(await DrawAsync(client, node, ct)));
                }
            });
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Ctrl-C is how a live picture ends.
        }

        return 0;
    }

    private static async Task<IReadOnlyList<MapLine>> DrawAsync(ClusterClient client, string? name, CancellationToken ct)
    {
        var nodes = await NodesAsync(client, name, ct);
        var options = name is null ? null : new ListOptions { FieldSelector = "spec.nodeName=" + name };
        var pods = (await client.ListAsync<Pod>(null, options, ct)).Items;
        var (nodeUsage, podUsage) = await UsageAsync(client, ct);
        var lines = new List<MapLine>();
        foreach (var node in nodes)
        {
            if (lines.Count > 0)
                lines.Add(MapLine.Empty);
            var usage = new NodeUsage(nodeUsage.GetValueOrDefault(node.Metadata.Name, []), podUsage);
            lines.AddRange(NodeMap.Draw(node, pods, usage));
        }

        return lines;
    }

    private static async Task<IReadOnlyList<ApiNode>> NodesAsync(ClusterClient client, string? name, CancellationToken ct)
    {
        if (name is null)
            return [.. (await client.ListAsync<ApiNode>(ct: ct)).Items.OrderBy(n => n.Metadata.Name, StringComparer.Ordinal)];
        try
        {
            return [await client.GetAsync<ApiNode>(null, name, ct: ct)];
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            throw new UserErrorException($"there is no node {name}", "see kubectl get nodes", e);
        }
    }

    private static async Task<(Dictionary<string, ApiMap<Quantity>> Nodes, Dictionary<string, ApiMap<Quantity>> Pods)> UsageAsync(ClusterClient client, CancellationToken ct)
    {
        try
        {
            var nodes = (await client.ListAsync<NodeMetrics>(ct: ct)).Items;
            var pods = (await client.ListAsync<PodMetrics>(ct: ct)).Items;
            return (
                nodes.ToDictionary(n => n.Metadata.Name, n => n.Usage, StringComparer.Ordinal),
                pods.ToDictionary(p => $"{p.Metadata.Namespace}/{p.Metadata.Name}", Total, StringComparer.Ordinal));
        }
        catch (ApiException e) when (e.IsNotFound || e.IsForbidden || e.Code == 503)
        {
            // A cluster without metrics, or not for us: what is requested can be drawn all the same.
            return ([], []);
        }
    }

    private static ApiMap<Quantity> Total(PodMetrics pod)
    {
        var total = ApiMap<Quantity>.Empty;
        foreach (var (name, quantity) in pod.Containers.SelectMany(c => c.Usage))
            total = total.With(name, total.GetOr(name) + quantity);
        return total;
    }

    // A line of nothing would take no room.
    private static Rows RowsOf(IReadOnlyList<MapLine> lines) => new(lines.Select(l => new Markup(l.Spans.IsEmpty ? " " : MarkupOf(l)) { Overflow = Overflow.Ellipsis }));

    private static string MarkupOf(MapLine line) => string.Concat(line.Spans.Select(span =>
    {
        var text = Markup.Escape(span.Text);
        var style = span.Owner >= 0 ? "bold " + s_colours[span.Owner % s_colours.Length].ToMarkup() : span.Tone switch
        {
            MapTone.Faint => "grey",
            MapTone.Warning => "yellow",
            MapTone.Heading => "bold",
            _ => "",
        };
        return style.Length == 0 || text.Length == 0 ? text : $"[{style}]{text}[/]";
    }));
}
