using System.Collections.Immutable;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Http;
using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Authentication;

/// <summary>
/// Lets a user act as another (<c>kubectl --as</c>): each part of the identity asked for in <c>Impersonate-*</c> headers
/// is authorized by itself, with the verb impersonate.
/// </summary>
public sealed class Impersonation(IAuthorizer authorizer)
{
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraHeaderPrefix = "Impersonate-Extra-";
    private const string AuthenticationGroup = "authentication.k8s.io";

    /// <summary>Who the request is to be: <paramref name="user"/> itself when it asks for nobody else.</summary>
    /// <exception cref="ApiStatusException">400: a part without a user name; 403: not allowed.</exception>
    public async ValueTask<UserInfo> ResolveAsync(IHeaderDictionary headers, UserInfo user, CancellationToken cancellation)
    {
        var name = headers[UserHeader].ToString();
        var groups = headers[GroupHeader].Where(g => !string.IsNullOrEmpty(g)).Select(g => g!).ToImmutableArray();
        var uid = headers[UidHeader].ToString();
        var extra = ReadExtra(headers);
        if (name.Length == 0)
        {
            if (groups.IsEmpty && uid.Length == 0 && extra.IsEmpty) return user;
            throw ApiStatusException.BadRequest("requested impersonation of a group, uid or extra value without impersonating a user name (Impersonate-User)");
        }

        var isAccount = TrySplitServiceAccount(name, out var ns, out var account);
        await CheckAsync(isAccount
            ? AuthorizationAttributes.ForResource(user, "impersonate", "", "serviceaccounts", ns, account)
            : AuthorizationAttributes.ForResource(user, "impersonate", "", "users", name: name));
        foreach (var group in groups)
            await CheckAsync(AuthorizationAttributes.ForResource(user, "impersonate", "", "groups", name: group));
        if (uid.Length > 0)
            await CheckAsync(AuthorizationAttributes.ForResource(user, "impersonate", AuthenticationGroup, "uids", name: uid));
        foreach (var (key, values) in extra)
        {
            foreach (var value in values)
                await CheckAsync(AuthorizationAttributes.ForResource(user, "impersonate", AuthenticationGroup, "userextras", name: value, subresource: key));
        }

        if (isAccount && groups.IsEmpty) groups = UserInfo.ServiceAccountGroups(ns);
        if (!groups.Contains(UserInfo.AuthenticatedGroup) && !groups.Contains(UserInfo.UnauthenticatedGroup))
            groups = groups.Add(name == UserInfo.AnonymousName ? UserInfo.UnauthenticatedGroup : UserInfo.AuthenticatedGroup);
        return new UserInfo(name, uid, groups, extra);

        async ValueTask CheckAsync(AuthorizationAttributes attributes)
        {
            var decision = await authorizer.AuthorizeAsync(attributes, cancellation);
            if (decision.Allowed) return;
            var detail = ForbiddenMessage.Detail(attributes);
            throw ApiStatusException.Forbidden(
                attributes.ApiGroup, attributes.Resource, attributes.Name, decision.Reason.Length > 0 ? $"{detail}: {decision.Reason}" : detail);
        }
    }

    internal static bool TrySplitServiceAccount(string userName, out string ns, out string account)
    {
        ns = account = "";
        if (!userName.StartsWith(UserInfo.ServiceAccountNamePrefix, StringComparison.Ordinal)) return false;
        var parts = userName[UserInfo.ServiceAccountNamePrefix.Length..].Split(':');
        if (parts is not [{ Length: > 0 }, { Length: > 0 }]) return false;
        (ns, account) = (parts[0], parts[1]);
        return true;
    }

    private static ImmutableDictionary<string, ImmutableArray<string>> ReadExtra(IHeaderDictionary headers)
    {
        var extra = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>();
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith(ExtraHeaderPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            // Header names know no case and few characters: keys travel in lower case and percent-encoded.
            var key = Uri.UnescapeDataString(header[ExtraHeaderPrefix.Length..].ToLowerInvariant());
            extra[key] = [.. values.Where(v => v is not null).Select(v => v!)];
        }

        return extra.ToImmutable();
    }
}
