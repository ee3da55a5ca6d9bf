using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Bootstrap;

namespace Berth.ApiServer.Tests.Authorization;

public sealed class NodeAuthorizerTests
{
    private readonly StoredObjects _objects = new();
    private readonly NodeAuthorizer _authorizer;

    public NodeAuthorizerTests()
    {
        _authorizer = new(_objects, DefaultRoles.NodeRules);
        _objects.Put(
            Pod("web", "n1") with
            {
                Spec = new()
                {
                    NodeName = "n1",
                    ServiceAccountName = "web",
                    ImagePullSecrets = [new() { Name = "pull" }],
                    Volumes =
                    [
                        new() { Name = "s", Secret = new() { SecretName = "mounted" } },
                        new() { Name = "c", ConfigMap = new() { Name = "settings" } },
                        new() { Name = "d", PersistentVolumeClaim = new() { ClaimName = "data" } },
                        new() { Name = "e", Ephemeral = new() },
                        new() { Name = "p", Projected = new() { Sources = [new() { Secret = new() { Name = "projected" } }] } },
                    ],
                    InitContainers = [new() { Name = "i", EnvFrom = [new() { SecretRef = new() { Name = "from" } }] }],
                    Containers = [new() { Name = "c", Env = [new() { Name = "X", ValueFrom = new() { SecretKeyRef = new() { Name = "env", Key = "k" } } }] }],
                },
            },
            Pod("other", "n2") with { Spec = new() { NodeName = "n2", ServiceAccountName = "other", Volumes = [new() { Name = "s", Secret = new() { SecretName = "theirs" } }] } },
            Pod("pending", "") with { Spec = new() { Volumes = [new() { Name = "s", Secret = new() { SecretName = "unbound" } }] } });
        _objects.Put(
            new PersistentVolume { Metadata = new() { Name = "pv1" }, Spec = new() { ClaimRef = new() { Namespace = "shop", Name = "data" }, Csi = new() { Driver = "d", NodePublishSecretRef = new() { Namespace = "infra", Name = "csi" } } } },
            new PersistentVolume { Metadata = new() { Name = "pv2" }, Spec = new() { ClaimRef = new() { Namespace = "shop", Name = "elsewhere" } } });
    }

    [Theory]
    [InlineData("secrets", "mounted", true)]
    [InlineData("secrets", "projected", true)]
    [InlineData("secrets", "pull", true)]
    [InlineData("secrets", "env", true)]
    [InlineData("secrets", "from", true)]
    [InlineData("secrets", "theirs", false)]
    [InlineData("secrets", "unbound", false)]
    [InlineData("secrets", "settings", false)]
    [InlineData("configmaps", "settings", true)]
    [InlineData("configmaps", "mounted", false)]
    [InlineData("persistentvolumeclaims", "data", true)]
    [InlineData("persistentvolumeclaims", "web-e", true)]
    [InlineData("persistentvolumeclaims", "elsewhere", false)]
    [InlineData("serviceaccounts", "web", true)]
    [InlineData("serviceaccounts", "other", false)]
    [InlineData("pods", "web", true)]
    [InlineData("pods", "other", false)]
    public async Task Get_OfNamespacedObject_IsAllowedWhenAPodOfTheNodeNeedsIt(string resource, string name, bool allowed) =>
        Assert.Equal(allowed, await MayAsync("get", "", resource, "shop", name));

    [Theory]
    [InlineData("get", "", "persistentvolumes", "", "pv1", "", true)]
    [InlineData("get", "", "persistentvolumes", "", "pv2", "", false)]
    [InlineData("get", "", "secrets", "infra", "csi", "", true)]
    [InlineData("list", "", "secrets", "shop", "", "", false)]
    [InlineData("list", "", "secrets", "", "", "", false)]
    [InlineData("watch", "", "secrets", "shop", "mounted", "", true)]
    [InlineData("update", "", "secrets", "shop", "mounted", "", false)]
    [InlineData("get", "", "nodes", "", "n1", "", true)]
    [InlineData("get", "", "nodes", "", "n2", "", false)]
    [InlineData("list", "", "nodes", "", "", "", false)]
    [InlineData("create", "", "nodes", "", "", "", true)]
    [InlineData("patch", "", "nodes", "", "n1", "status", true)]
    [InlineData("delete", "", "nodes", "", "n1", "", false)]
    [InlineData("patch", "", "pods", "shop", "web", "status", true)]
    [InlineData("create", "", "pods", "shop", "web", "exec", false)]
    [InlineData("create", "", "serviceaccounts", "shop", "web", "token", true)]
    [InlineData("create", "", "serviceaccounts", "shop", "other", "token", false)]
    [InlineData("update", "coordination.k8s.io", "leases", "kube-node-lease", "n1", "", true)]
    [InlineData("update", "coordination.k8s.io", "leases", "kube-node-lease", "n2", "", false)]
    [InlineData("update", "coordination.k8s.io", "leases", "kube-system", "n1", "", false)]
    [InlineData("list", "", "services", "", "", "", true)]
    [InlineData("create", "", "events", "shop", "", "", true)]
    [InlineData("list", "node.k8s.io", "runtimeclasses", "", "", "", true)]
    [InlineData("list", "apps", "deployments", "shop", "", "", false)]
    public async Task Request_OfNode_IsJudged(string verb, string group, string resource, string ns, string name, string subresource, bool allowed) =>
        Assert.Equal(allowed, await MayAsync(verb, group, resource, ns, name, subresource));

    [Theory]
    [InlineData("spec.nodeName=n1", true)]
    [InlineData("spec.nodeName==n1", true)]
    [InlineData("status.phase=Running,spec.nodeName=n1", true)]
    [InlineData("spec.nodeName=n2", false)]
    [InlineData("spec.nodeName!=n1", false)]
    [InlineData("spec.nodeName=n12", false)]
    [InlineData("", false)]
    public async Task Watch_OfPods_IsAllowedForTheNodesOwn(string selector, bool allowed) =>
        Assert.Equal(allowed, (await DecideAsync("watch", "", "pods", "", "", "", selector)).Allowed);

    [Fact]
    public async Task Access_AfterPodIsGone_IsGone()
    {
        Assert.True(await MayAsync("get", "", "secrets", "shop", "mounted"));
        _objects.Delete<Pod>("shop", "web");
        Assert.False(await MayAsync("get", "", "secrets", "shop", "mounted"));
    }

    [Fact]
    public async Task Access_AskedAgain_WalksOverNoPods()
    {
        Assert.True(await MayAsync("get", "", "secrets", "shop", "mounted"));
        var lists = _objects.Lists;
        Assert.True(await MayAsync("get", "", "secrets", "shop", "mounted"));
        Assert.Equal(lists, _objects.Lists);
    }

    [Fact]
    public async Task MirrorPod_OfTheNode_GivesNoAccess()
    {
        var mirror = Pod("mirror", "n1");
        _objects.Put(mirror with
        {
            Metadata = mirror.Metadata with { Annotations = ApiMap.Of(("kubernetes.io/config.mirror", "x")) },
            Spec = new() { NodeName = "n1", Volumes = [new() { Name = "s", Secret = new() { SecretName = "theirs" } }] },
        });
        Assert.False(await MayAsync("get", "", "secrets", "shop", "theirs"));
    }

    [Fact]
    public async Task User_NamedAsNodeOutsideTheGroup_IsNoNode()
    {
        var attributes = AuthorizationAttributes.ForResource(UserInfo.Of("system:node:n1"), "get", "", "secrets", "shop", "mounted");
        Assert.False((await _authorizer.AuthorizeAsync(attributes, TestContext.Current.CancellationToken)).Allowed);
    }

    [Fact]
    public async Task Refusal_OfUnrelatedObject_SaysWhy() => Assert.Equal(
        "no relationship found between node 'n1' and this object", (await DecideAsync("get", "", "secrets", "shop", "theirs", "", "")).Reason);

    private static Pod Pod(string name, string node) => new() { Metadata = new() { Namespace = "shop", Name = name, Uid = name }, Spec = new() { NodeName = node } };

    private async Task<bool> MayAsync(string verb, string group, string resource, string ns, string name, string subresource = "") =>
        (await DecideAsync(verb, group, resource, ns, name, subresource, "")).Allowed;

    private async Task<AuthorizationDecision> DecideAsync(string verb, string group, string resource, string ns, string name, string subresource, string selector) =>
        await _authorizer.AuthorizeAsync(
            AuthorizationAttributes.ForResource(UserInfo.Of("system:node:n1", UserInfo.NodesGroup), verb, group, resource, ns, name, subresource) with { FieldSelector = selector },
            TestContext.Current.CancellationToken);
}
