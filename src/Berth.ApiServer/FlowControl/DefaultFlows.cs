using Berth.Api;
using Berth.Api.FlowControl.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Authentication;

namespace Berth.ApiServer.FlowControl;

/// <summary>
/// The levels and flow schemas that every cluster has: two of each without which nothing works, and those that Kubernetes
/// suggests. Names and numbers are Kubernetes', because people know them.
/// </summary>
public static class DefaultFlows
{
    public const string CatchAll = "catch-all";

    /// <summary>True: the server keeps the spec as it is here. False: somebody has changed it and wants it so.</summary>
    public const string AutoUpdate = "apf.kubernetes.io/autoupdate-spec";

    private const string Exempt = "exempt";

    private static readonly NonResourcePolicyRule s_allPaths = new() { Verbs = ["*"], NonResourceURLs = ["*"] };

    public static IReadOnlyList<PriorityLevelConfiguration> MandatoryLevels { get; } =
    [
        Level(Exempt, new() { Type = "Exempt", Exempt = new() { NominalConcurrencyShares = 0, LendablePercent = 0 } }),
        Level(CatchAll, new() { Type = "Limited", Limited = new() { NominalConcurrencyShares = 5, LendablePercent = 0, LimitResponse = new() { Type = "Reject" } } }),
    ];

    /// <summary>In the order of their precedence.</summary>
    public static IReadOnlyList<FlowSchema> MandatorySchemas { get; } =
    [
        Schema(Exempt, Exempt, 1, null, Everything(Group(UserInfo.MastersGroup))),
        Schema(CatchAll, CatchAll, 10_000, "ByUser", Everything(Group(UserInfo.UnauthenticatedGroup), Group(UserInfo.AuthenticatedGroup))),
    ];

    public static IReadOnlyList<PriorityLevelConfiguration> Levels { get; } =
    [
        .. MandatoryLevels,
        Queued("system", shares: 30, lendable: 33, queues: 64, hand: 6),
        Queued("node-high", shares: 40, lendable: 25, queues: 64, hand: 6),
        Queued("leader-election", shares: 10, lendable: 0, queues: 16, hand: 4),
        Queued("workload-high", shares: 40, lendable: 50, queues: 128, hand: 6),
        Queued("workload-low", shares: 100, lendable: 90, queues: 128, hand: 6),
        Queued("global-default", shares: 20, lendable: 50, queues: 128, hand: 6),
    ];

    public static IReadOnlyList<FlowSchema> Schemas { get; } =
    [
        .. MandatorySchemas,
        Schema("probes", Exempt, 2, null, new PolicyRulesWithSubjects
        {
            Subjects = [Group(UserInfo.UnauthenticatedGroup), Group(UserInfo.AuthenticatedGroup)],
            NonResourceRules = [new() { Verbs = ["get"], NonResourceURLs = ["/healthz", "/readyz", "/livez"] }],
        }),
        Schema("system-leader-election", "leader-election", 100, "ByUser", new PolicyRulesWithSubjects
        {
            Subjects = [User("system:kube-controller-manager"), User("system:kube-scheduler"), Accounts("kube-system")],
            ResourceRules = [Leases("get", "create", "update")],
        }),
        Schema("system-node-high", "node-high", 400, "ByUser", new PolicyRulesWithSubjects
        {
            Subjects = [Group(UserInfo.NodesGroup)],
            ResourceRules =
            [
                new() { Verbs = ["*"], ApiGroups = [""], Resources = ["nodes", "nodes/status"], ClusterScope = true, Namespaces = ["*"] },
                Leases("*"),
            ],
        }),
        Schema("system-nodes", "system", 500, "ByUser", Everything(Group(UserInfo.NodesGroup))),
        Schema("kube-controller-manager", "workload-high", 800, "ByNamespace", Everything(User("system:kube-controller-manager"))),
        Schema("kube-scheduler", "workload-high", 800, "ByNamespace", Everything(User("system:kube-scheduler"))),
        Schema("kube-system-service-accounts", "workload-high", 900, "ByNamespace", Everything(Accounts("kube-system"))),
        Schema("service-accounts", "workload-low", 9000, "ByUser", Everything(Group(UserInfo.ServiceAccountsGroup))),
        Schema("global-default", "global-default", 9900, "ByUser", Everything(Group(UserInfo.UnauthenticatedGroup), Group(UserInfo.AuthenticatedGroup))),
    ];

    private static ObjectMeta Named(string name) => new() { Name = name, Annotations = ApiMap.Of((AutoUpdate, "true")) };

    private static PriorityLevelConfiguration Level(string name, PriorityLevelConfigurationSpec spec) => new() { Metadata = Named(name), Spec = spec };

    private static PriorityLevelConfiguration Queued(string name, int shares, int lendable, int queues, int hand) => Level(name, new()
    {
        Type = "Limited",
        Limited = new()
        {
            NominalConcurrencyShares = shares,
            LendablePercent = lendable,
            LimitResponse = new() { Type = "Queue", Queuing = new() { Queues = queues, HandSize = hand, QueueLengthLimit = 50 } },
        },
    });

    private static FlowSchema Schema(string name, string level, int precedence, string? distinguisher, PolicyRulesWithSubjects rules) => new()
    {
        Metadata = Named(name),
        Spec = new()
        {
            PriorityLevelConfiguration = new() { Name = level },
            MatchingPrecedence = precedence,
            DistinguisherMethod = distinguisher is null ? null : new() { Type = distinguisher },
            Rules = [rules],
        },
    };

    private static PolicyRulesWithSubjects Everything(params Subject[] subjects) => new()
    {
        Subjects = [.. subjects],
        ResourceRules = [new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"], ClusterScope = true, Namespaces = ["*"] }],
        NonResourceRules = [s_allPaths],
    };

    private static ResourcePolicyRule Leases(params string[] verbs) =>
        new() { Verbs = [.. verbs], ApiGroups = ["coordination.k8s.io"], Resources = ["leases"], Namespaces = ["*"] };

    private static Subject Group(string name) => new() { Kind = "Group", Group = new() { Name = name } };

    private static Subject User(string name) => new() { Kind = "User", User = new() { Name = name } };

    private static Subject Accounts(string ns) => new() { Kind = "ServiceAccount", ServiceAccount = new() { Namespace = ns, Name = "*" } };
}
