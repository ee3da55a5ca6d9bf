using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;

namespace Berth.ApiServer.Tests.Authorization;

public sealed class RbacAuthorizerTests
{
    private readonly StoredObjects _objects = new();
    private readonly RbacAuthorizer _rbac;

    public RbacAuthorizerTests() => _rbac = new(_objects);

    [Fact]
    public async Task Role_InItsNamespace_AllowsThereAlone()
    {
        Give("shop", "reader", User("ann"), new PolicyRule { Verbs = ["get", "list"], ApiGroups = [""], Resources = ["pods"] });
        Assert.True(await MayAsync("ann", "get", "", "pods", "shop"));
        Assert.False(await MayAsync("ann", "delete", "", "pods", "shop"));
        Assert.False(await MayAsync("ann", "get", "", "pods", "other"));
        Assert.False(await MayAsync("ann", "list", "", "pods", ""));
        Assert.False(await MayAsync("bob", "get", "", "pods", "shop"));
        Assert.False(await MayAsync("ann", "get", "apps", "pods", "shop"));
    }

    [Theory]
    [InlineData("pods", "pods", "", true)]
    [InlineData("pods", "pods", "log", false)]
    [InlineData("pods/log", "pods", "log", true)]
    [InlineData("pods/log", "pods", "", false)]
    [InlineData("*", "pods", "log", true)]
    [InlineData("*/scale", "deployments", "scale", true)]
    [InlineData("*/scale", "deployments", "status", false)]
    [InlineData("*/scale", "deployments", "", false)]
    [InlineData("pods/*", "pods", "log", false)]
    public async Task Rule_OfResources_MatchesSubresources(string rule, string resource, string subresource, bool allowed)
    {
        Give("shop", "r", User("ann"), new PolicyRule { Verbs = ["get"], ApiGroups = ["*"], Resources = [rule] });
        Assert.Equal(allowed, await MayAsync("ann", "get", "", resource, "shop", subresource: subresource));
    }

    [Theory]
    [InlineData("/healthz", "/healthz", true)]
    [InlineData("/healthz", "/healthz/etcd", false)]
    [InlineData("/healthz/*", "/healthz/etcd", true)]
    [InlineData("/healthz/*", "/healthz", false)]
    [InlineData("/api*", "/apis", true)]
    [InlineData("*", "/anything", true)]
    public async Task Rule_OfPaths_MatchesPrefixes(string rule, string path, bool allowed)
    {
        GiveEverywhere("paths", User("ann"), new PolicyRule { Verbs = ["get"], NonResourceURLs = [rule] });
        var decision = await _rbac.AuthorizeAsync(AuthorizationAttributes.ForPath(UserInfo.Of("ann"), "get", path), TestContext.Current.CancellationToken);
        Assert.Equal(allowed, decision.Allowed);
    }

    [Fact]
    public async Task Rule_WithNames_AllowsTheseAlone()
    {
        Give("shop", "r", User("ann"), new PolicyRule { Verbs = ["get", "list"], ApiGroups = [""], Resources = ["secrets"], ResourceNames = ["db"] });
        Assert.True(await MayAsync("ann", "get", "", "secrets", "shop", "db"));
        Assert.False(await MayAsync("ann", "get", "", "secrets", "shop", "other"));
        Assert.False(await MayAsync("ann", "list", "", "secrets", "shop"));
    }

    [Fact]
    public async Task Decision_Allowed_NamesTheBinding()
    {
        GiveEverywhere("view", new Subject { Kind = "Group", Name = "devs" }, new PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] });
        Give("shop", "r", new Subject { Kind = "ServiceAccount", Name = "web" }, new PolicyRule { Verbs = ["get"], ApiGroups = [""], Resources = ["pods"] });
        Assert.Equal(
            "RBAC: allowed by ClusterRoleBinding \"view\" of ClusterRole \"view\" to Group \"devs\"",
            (await DecideAsync(UserInfo.Of("x", "devs"), "get", "", "pods", "shop")).Reason);
        Assert.Equal(
            "RBAC: allowed by RoleBinding \"r/shop\" of Role \"r\" to ServiceAccount \"web/shop\"",
            (await DecideAsync(UserInfo.ServiceAccount("shop", "web", "1"), "get", "", "pods", "shop")).Reason);
    }

    [Fact]
    public async Task Decision_RoleMissing_SaysSo()
    {
        _objects.Put(new ClusterRoleBinding { Metadata = new() { Name = "b" }, RoleRef = new() { Kind = "ClusterRole", Name = "gone" }, Subjects = [User("ann")] });
        Assert.Equal("RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found", (await DecideAsync(UserInfo.Of("ann"), "get", "", "pods", "shop")).Reason);
    }

    [Fact]
    public async Task Index_WithoutChanges_ReadsNothing()
    {
        Give("shop", "r", User("ann"), new PolicyRule { Verbs = ["get"], ApiGroups = [""], Resources = ["pods"] });
        Assert.True(await MayAsync("ann", "get", "", "pods", "shop"));
        var lists = _objects.Lists;
        Assert.True(await MayAsync("ann", "get", "", "pods", "shop"));
        Assert.False(await MayAsync("bob", "get", "", "pods", "shop"));
        Assert.Equal(lists, _objects.Lists);
        _objects.Delete<RoleBinding>("shop", "r");
        Assert.False(await MayAsync("ann", "get", "", "pods", "shop"));
    }

    [Theory]
    [InlineData("ann", "list", "", "pods", "shop", "", "", """pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "shop" """)]
    [InlineData("ann", "get", "apps", "deployments", "shop", "web", "scale", """deployments.apps "web" is forbidden: User "ann" cannot get resource "deployments/scale" in API group "apps" in the namespace "shop" """)]
    [InlineData("ann", "list", "", "nodes", "", "", "", """nodes is forbidden: User "ann" cannot list resource "nodes" in API group "" at the cluster scope """)]
    public void Message_OfRefusal_IsThatOfKubernetes(string user, string verb, string group, string resource, string ns, string name, string subresource, string expected)
    {
        var attributes = AuthorizationAttributes.ForResource(UserInfo.Of(user), verb, group, resource, ns, name, subresource);
        Assert.Equal(expected.TrimEnd(), ForbiddenMessage.Status(attributes, AuthorizationDecision.NoOpinion()));
    }

    [Fact]
    public void Message_OfRefusedPath_IsThatOfKubernetes() => Assert.Equal(
        "forbidden: User \"system:anonymous\" cannot get path \"/metrics\"",
        ForbiddenMessage.Status(AuthorizationAttributes.ForPath(UserInfo.Anonymous, "get", "/metrics"), AuthorizationDecision.NoOpinion()));

    /// <summary>Random roles, bindings and questions, against an evaluator that takes the definition word by word.</summary>
    [Fact]
    public async Task Decision_OfRandomPolicies_IsThatOfTheDefinition()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        int allowed = 0, refused = 0;
        for (var round = 0; round < 60; round++)
        {
            var objects = new StoredObjects();
            var policy = RandomPolicy.Make(random);
            policy.PutInto(objects);
            var rbac = new RbacAuthorizer(objects);
            for (var i = 0; i < 200; i++)
            {
                var question = RandomPolicy.Question(random);
                var expected = policy.Allows(question);
                var actual = (await rbac.AuthorizeAsync(question, TestContext.Current.CancellationToken)).Allowed;
                Assert.True(expected == actual, $"seed {seed}, round {round}: {question} should be {expected}\n{policy}");
                if (actual) allowed++;
                else refused++;
            }
        }

        // A test that only ever sees one answer shows nothing.
        Assert.True(allowed > 500 && refused > 500, $"seed {seed}: {allowed} allowed, {refused} refused");
    }

    /// <summary>Whoever holds rules that cover others may do everything that those allow.</summary>
    [Fact]
    public void Coverage_OfRandomRules_NeverGivesMore()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        int covered = 0, uncovered = 0;
        for (var round = 0; round < 3000; round++)
        {
            PolicyRule[] held = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => RandomPolicy.Rule(random))];
            PolicyRule[] asked = [RandomPolicy.Rule(random)];
            var gap = RuleCoverage.Uncovered(held, asked);
            Assert.Empty(RuleCoverage.Uncovered(asked, asked));
            if (gap.Count > 0)
            {
                uncovered++;
                continue;
            }

            covered++;
            for (var i = 0; i < 100; i++)
            {
                var question = RandomPolicy.Question(random);
                if (asked.Any(r => RuleMatch.Allows(r, question)))
                    Assert.True(held.Any(r => RuleMatch.Allows(r, question)), $"seed {seed}, round {round}: {question}");
            }
        }

        Assert.True(covered > 50 && uncovered > 50, $"seed {seed}: {covered} covered, {uncovered} not");
    }

    private static Subject User(string name) => new() { Kind = "User", Name = name };

    private void Give(string ns, string name, Subject subject, PolicyRule rule)
    {
        _objects.Put(new Role { Metadata = new() { Namespace = ns, Name = name }, Rules = [rule] });
        _objects.Put(new RoleBinding { Metadata = new() { Namespace = ns, Name = name }, RoleRef = new() { Kind = "Role", Name = name }, Subjects = [subject] });
    }

    private void GiveEverywhere(string name, Subject subject, PolicyRule rule)
    {
        _objects.Put(new ClusterRole { Metadata = new() { Name = name }, Rules = [rule] });
        _objects.Put(new ClusterRoleBinding { Metadata = new() { Name = name }, RoleRef = new() { Kind = "ClusterRole", Name = name }, Subjects = [subject] });
    }

    private async Task<bool> MayAsync(string user, string verb, string group, string resource, string ns, string name = "", string subresource = "") =>
        (await _rbac.AuthorizeAsync(AuthorizationAttributes.ForResource(UserInfo.Of(user), verb, group, resource, ns, name, subresource), TestContext.Current.CancellationToken)).Allowed;

    private async Task<AuthorizationDecision> DecideAsync(UserInfo user, string verb, string group, string resource, string ns) =>
        await _rbac.AuthorizeAsync(AuthorizationAttributes.ForResource(user, verb, group, resource, ns), TestContext.Current.CancellationToken);
}
