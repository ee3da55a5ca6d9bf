using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins;

namespace Berth.Scheduler.Configuration;

/// <summary>Makes a profile of its description: which plugins, in which order, with which weights and arguments.</summary>
internal static class ProfileReader
{
    // Names that may be switched off and on and that are no plugins of ours: parts of the scheduler itself.
    private static readonly HashSet<string> s_builtIn = new(StringComparer.Ordinal)
    {
        "PrioritySort", "SchedulingGates", "DefaultBinder", "DynamicResources", "NodeDeclaredFeatures", "GangScheduling", "DefaultPreemption",
        "VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone",
    };

    private static readonly HashSet<string> s_clusterBound = new(StringComparer.Ordinal)
    {
        "VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "DynamicResources",
    };

    private static readonly string[] s_otherPoints = ["preEnqueue", "queueSort", "preFilter", "preScore", "reserve", "permit", "preBind", "bind", "postBind"];

    public static SchedulerProfile Read(Fields fields)
    {
        var name = fields.Text("schedulerName") ?? SchedulerProfile.DefaultName;
        fields.Ignore("percentageOfNodesToScore");
        var arguments = PluginArguments.Read(fields.List("pluginConfig"));
        var plugins = fields.Mapping("plugins");
        var everywhere = Point(plugins, "multiPoint");
        var filters = Point(plugins, "filter");
        var scores = Point(plugins, "score");
        var postFilters = Point(plugins, "postFilter");
        foreach (var point in s_otherPoints)
            Point(plugins, point);
        plugins.End();
        fields.End();

        bool Wants(PointSet point, string plugin) =>
            !(point.Disables(plugin) || (everywhere.Disables(plugin) && !point.Enables(plugin))) || everywhere.Enables(plugin) || point.Enables(plugin);
        int WeightOf(IScorePlugin plugin) =>
            scores.Weight(plugin.Name) ?? everywhere.Weight(plugin.Name) ?? plugin.Weight;

        var (all, scorers) = Build(arguments);
        return new SchedulerProfile(
            name,
            [.. all.Where(f => Wants(filters, f.Name))],
            [.. scorers.Where(s => Wants(scores, s.Name)).Select(s => (s, WeightOf(s)))],
            Preempts: Wants(postFilters, "DefaultPreemption"))
        {
            Disabled = s_clusterBound.Where(p => !Wants(filters, p)).ToHashSet(StringComparer.Ordinal),
        };
    }

    private static (IReadOnlyList<IFilterPlugin> Filters, IReadOnlyList<IScorePlugin> Scorers) Build(PluginArguments arguments)
    {
        var affinity = new NodeAffinity(arguments.AddedAffinity);
        var fit = new NodeResourcesFit(arguments.Strategy, arguments.IgnoredResources);
        var spread = new PodTopologySpread(arguments.Spread);
        var pods = new InterPodAffinity(arguments.HardPodAffinityWeight, arguments.IgnorePreferredTermsOfExistingPods);
        var taints = new TaintToleration();
        return (
            [new NodeUnschedulable(), new NodeName(), taints, affinity, new NodePorts(), fit, spread, pods],
            [taints, affinity, fit, spread, pods, new NodeResourcesBalancedAllocation(arguments.BalancedResources), new ImageLocality()]);
    }

    private static PointSet Point(Fields plugins, string point)
    {
        var fields = plugins.Mapping(point);
        var enabled = new Dictionary<string, int?>(StringComparer.Ordinal);
        foreach (var (node, path) in fields.List("enabled"))
        {
            var plugin = new Fields(node, path);
            enabled[Known(plugin)] = (int?)plugin.Number("weight", 0, int.MaxValue) is { } weight and > 0 ? weight : null;
            plugin.End();
        }

        var disabled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (node, path) in fields.List("disabled"))
        {
            var plugin = new Fields(node, path);
            plugin.Ignore("weight");
            disabled.Add(plugin.Text("name") == "*" ? "*" : Known(plugin));
            plugin.End();
        }

        fields.End();
        return new PointSet(enabled, disabled);
    }

    private static string Known(Fields plugin)
    {
        var name = plugin.Text("name") ?? throw new ConfigurationException(plugin.At("name"), "is missing");
        if (s_builtIn.Contains(name) || DefaultPlugins.Filters.Any(f => f.Name == name) || DefaultPlugins.Scorers.Any(s => s.Name == name))
            return name;
        throw new ConfigurationException(plugin.At("name"), $"there is no plugin \"{name}\"");
    }

    private sealed record PointSet(IReadOnlyDictionary<string, int?> Enabled, IReadOnlySet<string> Disabled)
    {
        public bool Enables(string plugin) => Enabled.ContainsKey(plugin);

        public bool Disables(string plugin) => !Enables(plugin) && (Disabled.Contains("*") || Disabled.Contains(plugin));

        public int? Weight(string plugin) => Enabled.GetValueOrDefault(plugin);
    }
}
