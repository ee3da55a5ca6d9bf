using Berth.Api;
using Berth.Api.Rbac.V1;

namespace Berth.ApiServer.Authorization;

/// <summary>What one binding gives one of its subjects.</summary>
/// <param name="Rules">The role's; empty when the role does not exist.</param>
/// <param name="Description">The binding, role and subject in the words of Kubernetes.</param>
/// <param name="MissingRole">What to say of a role that does not exist; empty when it does.</param>
internal sealed record RbacGrant(ApiList<PolicyRule> Rules, string Description, string MissingRole);
