using System.Text;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Tests.Audit;

public sealed class AuditPolicyTests
{
    private static readonly UserInfo s_jane = UserInfo.Of("jane", "developers", UserInfo.AuthenticatedGroup);

    /// <summary>A policy of one rule.</summary>
    private static AuditPolicy Of(string rule) => Parse($$"""{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Metadata",{{rule}}}]}""");

    private static AuditPolicy Parse(string text, ICollection<string>? notes = null) => AuditPolicyFile.Parse(Encoding.UTF8.GetBytes(text), notes ?? []);

    private static RequestInfo Resource(string verb, string group, string resource, string subresource = "", string ns = "", string name = "") =>
        new(verb, "/", true, group, "v1", resource, subresource, ns, name, null);

    [Theory]
    [InlineData("""
        "users":["jane"]
        """, true)]
    [InlineData("""
        "users":["joe"]
        """, false)]
    [InlineData("""
        "userGroups":["operators","developers"]
        """, true)]
    [InlineData("""
        "userGroups":["operators"]
        """, false)]
    [InlineData("""
        "verbs":["create","update"]
        """, true)]
    [InlineData("""
        "verbs":["get"]
        """, false)]
    [InlineData("""
        "namespaces":["a","b"]
        """, true)]
    [InlineData("""
        "namespaces":[""]
        """, false)]
    [InlineData("""
        "resources":[{"group":"apps"}]
        """, true)]
    [InlineData("""
        "resources":[{"group":""}]
        """, false)]
    [InlineData("""
        "resources":[{"group":"apps","resources":["deployments"]}]
        """, false)]
    [InlineData("""
        "resources":[{"group":"*","resources":["deployments/scale"]}]
        """, true)]
    [InlineData("""
        "resources":[{"group":"apps","resources":["deployments/*"]}]
        """, true)]
    [InlineData("""
        "resources":[{"group":"apps","resources":["*/scale"]}]
        """, true)]
    [InlineData("""
        "resources":[{"group":"apps","resources":["*/status"]}]
        """, false)]
    [InlineData("""
        "resources":[{"group":"apps","resources":["*"]}]
        """, true)]
    [InlineData("""
        "resources":[{"group":"apps","resources":["*"],"resourceNames":["web"]}]
        """, true)]
    [InlineData("""
        "resources":[{"group":"apps","resources":["*"],"resourceNames":["other"]}]
        """, false)]
    [InlineData("""
        "nonResourceURLs":["*"]
        """, false)]
    [InlineData("""
        "users":[]
        """, true)]
    public void Rule_ForAScaleOfADeployment_MeansItAsKubernetesDoes(string rule, bool expected)
    {
        var found = Of(rule).Find(Resource("update", "apps", "deployments", "scale", "a", "web"), s_jane);
        Assert.Equal(expected, found is not null);
    }

    [Theory]
    [InlineData("/healthz", "/healthz", true)]
    [InlineData("/healthz*", "/healthz/etcd", true)]
    [InlineData("/healthz", "/healthz/etcd", false)]
    [InlineData("*", "/version", true)]
    public void Rule_ForPaths_MeansThoseThatBeginLikeIt(string url, string path, bool expected)
    {
        var request = new RequestInfo("get", path, false, "", "", "", "", "", "", null);
        Assert.Equal(expected, Of($"\"nonResourceURLs\":[\"{url}\"]").Find(request, s_jane) is not null);
    }

    [Fact]
    public void Policy_SeveralRulesMeanARequest_TheFirstDecides()
    {
        var policy = Parse("""
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            omitManagedFields: true
            rules:
            - level: None
              users: ["system:kube-proxy"]
              verbs: [watch]
            - level: RequestResponse
              resources:
              - group: ""
                resources: [pods]
              omitStages: [Panic]
              omitManagedFields: false
            - level: Metadata
            """);
        Assert.Equal(AuditLevel.None, policy.Find(Resource("watch", "", "pods"), UserInfo.Of("system:kube-proxy"))!.Level);
        var pods = policy.Find(Resource("watch", "", "pods"), s_jane)!;
        Assert.Equal(AuditLevel.RequestResponse, pods.Level);
        Assert.Equal([AuditStage.RequestReceived, AuditStage.Panic], pods.OmitStages);
        Assert.False(pods.OmitManagedFields);
        var rest = policy.Find(Resource("get", "", "secrets"), null)!;
        Assert.Equal(AuditLevel.Metadata, rest.Level);
        Assert.Equal([AuditStage.RequestReceived], rest.OmitStages);
        Assert.True(rest.OmitManagedFields);
    }

    [Theory]
    [InlineData("""{"kind":"Policy","apiVersion":"v1"}""", "it must be of kind Policy in version audit.k8s.io/v1, and is a Policy in version \"v1\"")]
    [InlineData("""{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[]}""", "rules: Required value: a policy without rules writes nothing down")]
    [InlineData("""{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{}]}""", "rules[0].level: Required value")]
    [InlineData(
        """{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{"level":"All"}]}""",
        "rules[0].level: Unsupported value: \"All\": supported values: \"None\", \"Metadata\", \"Request\", \"RequestResponse\"")]
    [InlineData(
        """{"kind":"Policy","apiVersion":"audit.k8s.io/v1","omitStages":["Done"],"rules":[{"level":"None"}]}""",
        "omitStages[0]: Invalid value: \"Done\": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic")]
    [InlineData(
        """{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{"level":"None","nonResourceURLs":["healthz"]}]}""",
        "rules[0].nonResourceURLs[0]: Invalid value: \"healthz\": non-resource URL rules must begin with a '/' character")]
    [InlineData(
        """{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{"level":"None","nonResourceURLs":["/a*b"]}]}""",
        "rules[0].nonResourceURLs[0]: Invalid value: \"/a*b\": non-resource URL wildcards '*' must be the final character of the rule")]
    [InlineData(
        """{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{"level":"None","nonResourceURLs":["/a"],"namespaces":["b"]}]}""",
        "rules[0].nonResourceURLs: Invalid value: [\"/a\"]: rules cannot apply to both regular resources and non-resource URLs")]
    [InlineData(
        """{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{"level":"None","resources":[{"group":"","resourceNames":["b"]}]}]}""",
        "rules[0].resources[0].resourceNames: Invalid value: [\"b\"]: using resourceNames requires at least one resource")]
    [InlineData(
        """{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{"level":"None","users":"jane"}]}""",
        "rules[0].users: Invalid value: \"jane\": must be a list of strings")]
    public void PolicyFile_ThatIsWrong_SaysWhere(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<AuditPolicyException>(() => Parse(text)).Message);

    [Fact]
    public void PolicyFile_GroupWithAVersion_IsRefused() => Assert.Contains(
        "rules[0].resources[0].group: Invalid value: \"rbac.authorization.k8s.io/v1\"",
        Assert.Throws<AuditPolicyException>(() => Of("""
            "resources":[{"group":"rbac.authorization.k8s.io/v1"}]
            """)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void PolicyFile_UnknownFields_AreToldAndPassedOver()
    {
        var notes = new List<string>();
        Parse("""{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{"level":"None","user":["a"],"resources":[{"resource":["b"]}]}]}""", notes);
        Assert.Equal(["unknown field \"rules[0].user\"", "unknown field \"rules[0].resources[0].resource\""], notes);
    }
}
