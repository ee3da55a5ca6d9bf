using System.Text;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>The /etc/hosts of a pod.</summary>
public static class HostsFile
{
    public static string Render(Pod pod, IReadOnlyList<string> ips, string clusterDomain, string? hostFile)
    {
        var text = new StringBuilder();
        if (pod.Spec.HostNetwork && hostFile is not null)
        {
            text.Append("# Kubernetes-managed hosts file (host network).\n").Append(hostFile);
            if (!hostFile.EndsWith('\n')) text.Append('\n');
        }
        else
        {
            text.Append("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n")
                .Append("fe00::\tip6-localnet\nfe00::\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
            var name = PodHostname.Short(pod);
            var domain = PodHostname.Domain(pod, clusterDomain);
            foreach (var ip in ips)
                text.Append(ip).Append('\t').Append(domain.Length > 0 ? $"{name}.{domain}\t{name}" : name).Append('\n');
        }

        if (pod.Spec.HostAliases.Count > 0)
        {
            text.Append("\n# Entries added by HostAliases.\n");
            foreach (var alias in pod.Spec.HostAliases) text.Append(alias.Ip).Append('\t').AppendJoin('\t', alias.Hostnames).Append('\n');
        }

        return text.ToString();
    }
}
