using System.Text.RegularExpressions;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of security contexts.</summary>
internal static partial class SecurityRules
{
    private const string SysctlPattern = @"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

    // Kernel parameters that each IPC namespace has of its own.
    private static readonly HashSet<string> s_ipcSysctls =
        ["kernel.shm_rmid_forced", "kernel.shmmax", "kernel.shmall", "kernel.shmmni", "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem"];

    public static void Pod(FieldErrors errors, FieldPath path, PodSecurityContext? context, PodSpec spec)
    {
        if (context is null)
            return;
        Id(errors, path["fsGroup"], context.FsGroup);
        Id(errors, path["runAsUser"], context.RunAsUser);
        Id(errors, path["runAsGroup"], context.RunAsGroup);
        for (var i = 0; i < context.SupplementalGroups.Count; i++)
            Id(errors, path["supplementalGroups"][i], context.SupplementalGroups[i]);
        if (spec is { ShareProcessNamespace: true, HostPID: true })
            errors.Invalid(path["shareProcessNamespace"], true, "ShareProcessNamespace and HostPID cannot both be enabled");
        Sysctls(errors, path["sysctls"], context, spec);
        Choice(errors, path["fsGroupChangePolicy"], context.FsGroupChangePolicy, "Always", "OnRootMismatch");
        Seccomp(errors, path["seccompProfile"], context.SeccompProfile);
        AppArmor(errors, path["appArmorProfile"], context.AppArmorProfile);
        Choice(errors, path["supplementalGroupsPolicy"], context.SupplementalGroupsPolicy, "Merge", "Strict");
        Choice(errors, path["seLinuxChangePolicy"], context.SeLinuxChangePolicy, "Recursive");
    }

    public static void Container(FieldErrors errors, FieldPath path, SecurityContext? context, bool hostUsers)
    {
        if (context is null)
            return;
        Id(errors, path["runAsUser"], context.RunAsUser);
        Id(errors, path["runAsGroup"], context.RunAsGroup);
        if (context.ProcMount is { } mount)
        {
            BasicRules.OneOf(errors, path["procMount"], mount, "Default", "Unmasked");
            if (hostUsers && mount == "Unmasked")
                errors.Invalid(path["procMount"], mount, "`hostUsers` must be false to use `Unmasked`");
        }

        Seccomp(errors, path["seccompProfile"], context.SeccompProfile);
        if (context.AllowPrivilegeEscalation == false)
        {
            if (context.Privileged == true)
                errors.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            if (context.Capabilities?.Add.Contains("CAP_SYS_ADMIN") == true)
                errors.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }

        AppArmor(errors, path["appArmorProfile"], context.AppArmorProfile);
    }

    private static void Id(FieldErrors errors, FieldPath path, long? id)
    {
        if (id is { } value)
            errors.Invalid(path, value, NameSyntax.Id(value));
    }

    private static void Choice(FieldErrors errors, FieldPath path, string? value, params ReadOnlySpan<string> supported)
    {
        if (value is not null)
            BasicRules.OneOf(errors, path, value, supported);
    }

    private static void Sysctls(FieldErrors errors, FieldPath path, PodSecurityContext context, PodSpec spec)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < context.Sysctls.Count; i++)
        {
            var (name, at) = (context.Sysctls[i].Name, path[i]["name"]);
            if (name.Length == 0)
                errors.Required(at);
            else if (name.Length > 253 || !SysctlRegex().IsMatch(name))
                errors.Invalid(at, name, $"must have at most 253 characters and match regex {SysctlPattern}");
            else if (seen.Contains(name))
                errors.Duplicate(at, name);
            var dotted = name.Replace('/', '.');
            if (spec.HostNetwork && dotted.StartsWith("net.", StringComparison.Ordinal))
                errors.Invalid(at, name, "may not be specified when 'hostNetwork' is true");
            else if (spec.HostIPC && (s_ipcSysctls.Contains(dotted) || dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal)))
                errors.Invalid(at, name, "may not be specified when 'hostIPC' is true");
            seen.Add(name);
        }
    }

    private static void Seccomp(FieldErrors errors, FieldPath path, SeccompProfile? profile)
    {
        if (profile is null)
            return;
        if (profile.Type.Length == 0)
            errors.Required(path["type"], "type is required when seccompProfile is set");
        else
            BasicRules.OneOf(errors, path["type"], profile.Type, "Localhost", "RuntimeDefault", "Unconfined");
        if (profile.Type != "Localhost")
        {
            if (profile.LocalhostProfile is not null)
                errors.Invalid(path["localhostProfile"], profile, "can only be set when seccomp type is Localhost");
        }
        else if (profile.LocalhostProfile is null)
        {
            errors.Required(path["localhostProfile"], "must be set when seccomp type is Localhost");
        }
        else
        {
            PathRules.LocalDescending(errors, path["localhostProfile"], profile.LocalhostProfile);
        }
    }

    private static void AppArmor(FieldErrors errors, FieldPath path, AppArmorProfile? profile)
    {
        if (profile is null)
            return;
        var at = path["localhostProfile"];
        switch (profile.Type)
        {
            case "Localhost" when string.IsNullOrEmpty(profile.LocalhostProfile):
                errors.Required(at, "must be set when AppArmor type is Localhost");
                break;
            case "Localhost":
                if (profile.LocalhostProfile.Trim() != profile.LocalhostProfile)
                    errors.Invalid(at, profile.LocalhostProfile, "must not be padded with whitespace");
                if (profile.LocalhostProfile.Length > 4095)
                    errors.TooLong(at, 4095);
                break;
            case "RuntimeDefault" or "Unconfined":
                if (profile.LocalhostProfile is not null)
                    errors.Invalid(at, profile.LocalhostProfile, "can only be set when AppArmor type is Localhost");
                break;
            case "":
                errors.Required(path["type"], "type is required when appArmorProfile is set");
                break;
            default:
                errors.NotSupported(path["type"], profile.Type, "Localhost", "RuntimeDefault", "Unconfined");
                break;
        }
    }

    [GeneratedRegex(SysctlPattern, RegexOptions.CultureInvariant)]
    private static partial Regex SysctlRegex();
}
