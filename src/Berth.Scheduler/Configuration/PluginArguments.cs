using System.Text;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Scheduler.Plugins;

namespace Berth.Scheduler.Configuration;

/// <summary>Arguments of plugins, from <c>pluginConfig</c>.</summary>
internal sealed record PluginArguments
{
    public ScoringStrategy? Strategy { get; private init; }

    public IReadOnlySet<string>? IgnoredResources { get; private init; }

    public IReadOnlyList<ResourceWeight>? BalancedResources { get; private init; }

    public SpreadDefaults? Spread { get; private init; }

    public Berth.Api.Core.V1.NodeAffinity? AddedAffinity { get; private init; }

    public int HardPodAffinityWeight { get; private init; } = 1;

    public bool IgnorePreferredTermsOfExistingPods { get; private init; }

    public static PluginArguments Read(IEnumerable<(JsonNode? Node, string Path)> list)
    {
        var all = new PluginArguments();
        foreach (var (node, path) in list)
        {
            var entry = new Fields(node, path);
            var name = entry.Text("name") ?? throw new ConfigurationException(entry.At("name"), "is missing");
            var args = entry.Mapping("args");
            args.Ignore("apiVersion", "kind");
            all = name switch
            {
                "NodeResourcesFit" => Fit(all, args),
                "NodeResourcesBalancedAllocation" => all with { BalancedResources = Resources(args) },
                "PodTopologySpread" => all with { Spread = Defaults(args) },
                "NodeAffinity" => all with { AddedAffinity = Affinity(args) },
                "InterPodAffinity" => all with
                {
                    HardPodAffinityWeight = (int)(args.Number("hardPodAffinityWeight", 0, 100) ?? 1),
                    IgnorePreferredTermsOfExistingPods = args.Truth("ignorePreferredTermsOfExistingPods") ?? false,
                },
                "DefaultPreemption" => Ignoring(all, args, "minCandidateNodesPercentage", "minCandidateNodesAbsolute"),
                "VolumeBinding" => Ignoring(all, args, "bindTimeoutSeconds", "shape"),
                "DynamicResources" => Ignoring(all, args, "filterTimeout"),
                _ => throw new ConfigurationException(entry.At("name"), $"no arguments are known for \"{name}\""),
            };
            args.End();
            entry.End();
        }

        return all;
    }

    private static PluginArguments Ignoring(PluginArguments all, Fields args, params ReadOnlySpan<string> names)
    {
        args.Ignore(names);
        return all;
    }

    private static PluginArguments Fit(PluginArguments all, Fields args)
    {
        HashSet<string> ignored = [.. args.Texts("ignoredResources"), .. args.Texts("ignoredResourceGroups")];
        all = all with { IgnoredResources = ignored.Count > 0 ? ignored : null };
        if (!args.Has("scoringStrategy"))
            return all;
        var strategy = args.Mapping("scoringStrategy");
        var type = strategy.Text("type") ?? "LeastAllocated";
        var resources = Resources(strategy);
        ScoringStrategy made = type switch
        {
            "LeastAllocated" => new ScoringStrategy.LeastAllocated(resources),
            "MostAllocated" => new ScoringStrategy.MostAllocated(resources),
            "RequestedToCapacityRatio" => new ScoringStrategy.RequestedToCapacityRatio(resources, Shape(strategy.Mapping("requestedToCapacityRatio"))),
            _ => throw new ConfigurationException(strategy.At("type"), $"\"{type}\" is none of LeastAllocated, MostAllocated, RequestedToCapacityRatio"),
        };
        strategy.Ignore("requestedToCapacityRatio");
        strategy.End();
        return all with { Strategy = made };
    }

    private static IReadOnlyList<ResourceWeight> Resources(Fields fields)
    {
        var resources = new List<ResourceWeight>();
        foreach (var (node, path) in fields.List("resources"))
        {
            var entry = new Fields(node, path);
            var weight = entry.Number("weight", 0, 100) ?? 0;
            resources.Add(new ResourceWeight(entry.Text("name") ?? throw new ConfigurationException(entry.At("name"), "is missing"), weight == 0 ? 1 : weight));
            entry.End();
        }

        return resources.Count > 0 ? resources : ResourceWeight.Defaults;
    }

    private static List<(int Utilization, long Score)> Shape(Fields fields)
    {
        var points = new List<(int, long)>();
        var last = -1;
        foreach (var (node, path) in fields.List("shape"))
        {
            var point = new Fields(node, path);
            var utilization = (int)(point.Number("utilization", 0, 100) ?? 0);
            if (utilization <= last)
                throw new ConfigurationException(point.At("utilization"), "must be above the point before");
            last = utilization;
            // The file counts to 10, scores to 100.
            points.Add((utilization, (point.Number("score", 0, 10) ?? 0) * 10));
            point.End();
        }

        fields.End();
        return points.Count > 0 ? points : throw new ConfigurationException(fields.At("shape"), "needs at least one point");
    }

    private static SpreadDefaults? Defaults(Fields args)
    {
        var type = args.Text("defaultingType") ?? "System";
        var constraints = args.List("defaultConstraints").Select(c => Decode<TopologySpreadConstraint>(c.Node, c.Path)).ToList();
        return type switch
        {
            "System" when constraints.Count > 0 => throw new ConfigurationException(args.At("defaultingType"), "must be List where defaultConstraints are given"),
            "System" => null,
            "List" => new SpreadDefaults(constraints, BuiltIn: false),
            _ => throw new ConfigurationException(args.At("defaultingType"), "must be System or List"),
        };
    }

    private static Berth.Api.Core.V1.NodeAffinity? Affinity(Fields args) =>
        args.Node("addedAffinity") is { } node ? Decode<Berth.Api.Core.V1.NodeAffinity>(node, args.At("addedAffinity")) : null;

    private static T Decode<T>(JsonNode? node, string path)
        where T : IMessage<T>
    {
        try
        {
            return ApiJson.Deserialize<T>(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"));
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException)
        {
            throw new ConfigurationException(path, e.Message);
        }
    }
}
