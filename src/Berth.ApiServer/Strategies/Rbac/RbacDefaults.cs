using Berth.Api.Rbac.V1;

namespace Berth.ApiServer.Strategies.Rbac;

internal static class RbacDefaults
{
    public const string Group = "rbac.authorization.k8s.io";

    public static Subject Of(Subject subject) => subject is { ApiGroup.Length: 0, Kind: "User" or "Group" }
        ? subject with { ApiGroup = Group }
        : subject;

    public static RoleRef Of(RoleRef role) => role.ApiGroup.Length > 0 ? role : role with { ApiGroup = Group };
}
