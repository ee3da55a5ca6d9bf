using Berth.Api.Core.V1;
using Berth.Node.Cri.V1;

namespace Berth.Node.PodSync;

/// <summary>Resolver settings of a pod by its dnsPolicy and dnsConfig.</summary>
public sealed class PodDns(NodeAgentOptions options)
{
    // resolv.conf(5) and Kubernetes' limits: what is past them the C library ignores.
    private const int NameserversMax = 3;
    private const int SearchesMax = 32;

    public DNSConfig Of(Pod pod)
    {
        var policy = pod.Spec.DnsPolicy;
        if (policy == "ClusterFirst" && pod.Spec.HostNetwork) policy = "Default";
        if (policy == "ClusterFirstWithHostNet") policy = "ClusterFirst";
        var host = ReadHost();
        var result = new DNSConfig();
        if (policy == "None")
        {
            // Only dnsConfig counts.
        }
        else if (policy == "Default" || options.ClusterDns is null)
        {
            result = host;
        }
        else
        {
            var zone = options.ClusterDomain;
            result.Servers.Add(options.ClusterDns);
            result.Searches.AddRange([$"{pod.Metadata.Namespace}.svc.{zone}", $"svc.{zone}", zone, .. host.Searches]);
            result.Options.Add("ndots:5");
        }

        if (pod.Spec.DnsConfig is { } more)
        {
            foreach (var server in more.Nameservers.Where(s => !result.Servers.Contains(s))) result.Servers.Add(server);
            foreach (var search in more.Searches.Where(s => !result.Searches.Contains(s))) result.Searches.Add(search);
            foreach (var option in more.Options)
            {
                // The pod's own value replaces ours.
                foreach (var old in result.Options.Where(o => o.Split(':')[0] == option.Name).ToList()) result.Options.Remove(old);
                result.Options.Add(option.Value is { } value ? $"{option.Name}:{value}" : option.Name);
            }
        }

        while (result.Servers.Count > NameserversMax) result.Servers.RemoveAt(result.Servers.Count - 1);
        while (result.Searches.Count > SearchesMax) result.Searches.RemoveAt(result.Searches.Count - 1);
        return result;
    }

    private DNSConfig ReadHost()
    {
        var result = new DNSConfig();
        if (!File.Exists(options.HostResolvConf)) return result;
        foreach (var line in File.ReadLines(options.HostResolvConf))
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2) continue;
            switch (words[0])
            {
                case "nameserver": result.Servers.Add(words[1]); break;
                case "search":
                    result.Searches.Clear();
                    result.Searches.AddRange(words.Skip(1).Where(w => w != "."));
                    break;
                case "options": result.Options.AddRange(words.Skip(1)); break;
                default: break;
            }
        }

        return result;
    }
}
