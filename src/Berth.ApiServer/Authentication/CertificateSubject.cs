using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Berth.ApiServer.Authentication;

/// <summary>User and groups as a certificate's subject names them: its common name and its organizations.</summary>
internal static class CertificateSubject
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    /// <returns>An empty name when there is no common name.</returns>
    /// <exception cref="AsnContentException">The name is not DER.</exception>
    public static (string Name, ImmutableArray<string> Groups) Read(X500DistinguishedName subject)
    {
        // Go's certificates put all organizations into one set, which the platform's own reader of names does not take.
        var name = "";
        var groups = ImmutableArray.CreateBuilder<string>();
        var sequence = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                var type = attribute.ReadObjectIdentifier();
                if (type is not (CommonName or Organization)) continue;
                var value = attribute.ReadCharacterString((UniversalTagNumber)attribute.PeekTag().TagValue);
                if (type == CommonName) name = value;
                else groups.Add(value);
            }
        }

        return (name, groups.ToImmutable());
    }
}
