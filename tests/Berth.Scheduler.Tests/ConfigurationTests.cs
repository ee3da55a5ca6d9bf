using System.Text.Json.Nodes;
using Berth.Scheduler.Configuration;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Tests;

public class ConfigurationTests
{
    [Fact]
    public void Read_OnlyAHead_IsTheDefault()
    {
        var configuration = Read("");
        var profile = Assert.Single(configuration.Profiles);
        Assert.Equal("default-scheduler", profile.SchedulerName);
        Assert.True(configuration.LeaderElect);
    }

    [Fact]
    public void Read_EmptyProfile_HasThePluginsOfTheDefaultOne()
    {
        var profile = Assert.Single(Read("""
            ,"profiles":[{"schedulerName":"mine"}]
            """).Profiles);
        Assert.Equal("mine", profile.SchedulerName);
        Assert.Equal(SchedulerProfile.Default.Filters.Select(f => f.Name), profile.Filters.Select(f => f.Name));
        Assert.Equal(SchedulerProfile.Default.Scorers.Select(s => (s.Plugin.Name, s.Weight)), profile.Scorers.Select(s => (s.Plugin.Name, s.Weight)));
        Assert.True(profile.Preempts);
    }

    [Fact]
    public void Read_PluginsSwitchedOffAndWeighed_AreSo()
    {
        var profile = Assert.Single(Read("""
            ,"profiles":[{"plugins":{
              "multiPoint":{"disabled":[{"name":"InterPodAffinity"},{"name":"DefaultPreemption"}]},
              "score":{"disabled":[{"name":"*"}],"enabled":[{"name":"NodeResourcesFit","weight":7}]}}}]
            """).Profiles);
        Assert.DoesNotContain(profile.Filters, f => f.Name == "InterPodAffinity");
        Assert.Contains(profile.Filters, f => f.Name == "PodTopologySpread");
        var (plugin, weight) = Assert.Single(profile.Scorers);
        Assert.Equal(("NodeResourcesFit", 7), (plugin.Name, weight));
        Assert.False(profile.Preempts);
    }

    [Theory]
    [InlineData("LeastAllocated", "idle")]
    [InlineData("MostAllocated", "busy")]
    public void Read_ScoringStrategy_DecidesWhereToPack(string strategy, string expected)
    {
        var profile = Assert.Single(Read($$$$"""
            ,"profiles":[{"plugins":{"score":{"disabled":[{"name":"*"}],"enabled":[{"name":"NodeResourcesFit"}]}},
              "pluginConfig":[{"name":"NodeResourcesFit","args":{"scoringStrategy":{"type":"{{{{strategy}}}}","resources":[{"name":"cpu","weight":1}]}}}]}]
            """).Profiles);
        Assert.Equal(expected, Placement(profile));
    }

    [Fact]
    public void Read_RequestedToCapacityRatio_FollowsItsShape()
    {
        // Best at a half full.
        var profile = Assert.Single(Read("""
            ,"profiles":[{"plugins":{"score":{"disabled":[{"name":"*"}],"enabled":[{"name":"NodeResourcesFit"}]}},
              "pluginConfig":[{"name":"NodeResourcesFit","args":{"scoringStrategy":{"type":"RequestedToCapacityRatio",
                "requestedToCapacityRatio":{"shape":[{"utilization":0,"score":0},{"utilization":50,"score":10},{"utilization":100,"score":0}]}}}}]}]
            """).Profiles);
        Assert.Equal("busy", Placement(profile));
    }

    [Theory]
    [InlineData(""","profile":[]""", "profile: there is no such field, or it is not supported")]
    [InlineData(""","profiles":[{"plugins":{"score":{"enabled":[{"name":"Nope"}]}}}]""", "profiles[0].plugins.score.enabled[0].name: there is no plugin \"Nope\"")]
    [InlineData(""","profiles":[{"pluginConfig":[{"name":"NodeResourcesFit","args":{"scoringStrategy":{"type":"Best"}}}]}]""",
        "profiles[0].pluginConfig[0].args.scoringStrategy.type: \"Best\" is none of LeastAllocated, MostAllocated, RequestedToCapacityRatio")]
    [InlineData(""","leaderElection":{"leaseDuration":"soon"}""", "leaderElection.leaseDuration: \"soon\" is not a duration such as 15s")]
    [InlineData(""","profiles":[{"schedulerName":"a"},{"schedulerName":"a"}]""", "profiles: two profiles are named \"a\"")]
    [InlineData(""","extenders":[{"urlPrefix":"http://x"}]""", "extenders: are not supported")]
    public void Read_SomethingWrong_NamesTheField(string json, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Read(json)).Message);

    [Fact]
    public void Read_OtherKind_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => ConfigurationReader.Read(JsonNode.Parse("""{"apiVersion":"v1","kind":"Pod"}""")));

    private static string Placement(SchedulerProfile profile)
    {
        var state = new ClusterState();
        state.SetNode(Given.Node("busy"));
        state.SetNode(Given.Node("idle"));
        state.Reserve(Given.Pod("other", cpu: "2", memory: "4Gi"), "busy");
        return Assert.IsType<Decision.Placed>(new SchedulingCycle(profile).Decide(new PodContext(Given.Pod("a")), state, new Random(1))).NodeName;
    }

    private static SchedulerConfiguration Read(string rest) =>
        ConfigurationReader.Read(JsonNode.Parse($$"""{"apiVersion":"kubescheduler.config.k8s.io/v1","kind":"KubeSchedulerConfiguration"{{rest}}}"""));
}
