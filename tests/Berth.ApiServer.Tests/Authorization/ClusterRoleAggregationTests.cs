using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Authorization;

namespace Berth.ApiServer.Tests.Authorization;

public sealed class ClusterRoleAggregationTests
{
    [Fact]
    public void Roles_ThatAggregateEachOther_GetAllRules()
    {
        ClusterRole[] roles = [Aggregated("admin", "admin"), Aggregated("edit", "edit", into: "admin"), Aggregated("view", "view", into: "edit"), Part("part", "view", "things")];
        var changed = ClusterRoleAggregation.Reconcile(roles).ToDictionary(r => r.Metadata.Name);
        Assert.Equal(["admin", "edit", "view"], changed.Keys.Order(StringComparer.Ordinal));
        Assert.All(changed.Values, r => Assert.Equal(["things"], r.Rules.Single().Resources));
    }

    [Fact]
    public void Rules_WrittenByHand_AreReplaced()
    {
        var role = Aggregated("view", "view") with { Rules = [new PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] }] };
        Assert.Empty(Assert.Single(ClusterRoleAggregation.Reconcile([role])).Rules);
    }

    /// <summary>Any graph of roles, cycles included: what comes out needs nothing more.</summary>
    [Fact]
    public void Reconcile_OfRandomRoles_IsDoneAfterOnce()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var withChanges = 0;
        for (var round = 0; round < 500; round++)
        {
            string[] labels = ["a", "b", "c", "d"];
            var roles = Enumerable.Range(0, 8).ToDictionary(i => $"r{i}", i => random.Next(2) == 0
                ? Aggregated($"r{i}", labels[random.Next(4)], into: labels[random.Next(4)])
                : Part($"r{i}", labels[random.Next(4)], $"thing{i}"));
            foreach (var changed in ClusterRoleAggregation.Reconcile([.. roles.Values]).ToList())
            {
                roles[changed.Metadata.Name] = changed;
                withChanges++;
            }

            Assert.True(!ClusterRoleAggregation.Reconcile([.. roles.Values]).Any(), $"seed {seed}, round {round}");
        }

        Assert.True(withChanges > 100, $"seed {seed}: {withChanges}");
    }

    private static ClusterRole Part(string name, string into, string resource) => new()
    {
        Metadata = new() { Name = name, Labels = ApiMap.Of((into, "true")) },
        Rules = [new() { Verbs = ["get"], ApiGroups = [""], Resources = [resource] }],
    };

    private static ClusterRole Aggregated(string name, string from, string? into = null) => new()
    {
        Metadata = new() { Name = name, Labels = into is null ? [] : ApiMap.Of((into, "true")) },
        AggregationRule = new() { ClusterRoleSelectors = [new LabelSelector { MatchLabels = ApiMap.Of((from, "true")) }] },
    };
}
