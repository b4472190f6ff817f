"""A small provider of our own in Go, of the shape that the real one has: what the derivation is tried on."""

from pathlib import Path

RELEASE = "1.290.0"
MODULE = """module github.com/aliyun/terraform-provider-alicloud

require github.com/hashicorp/terraform-plugin-sdk v1.17.2
"""
PROVIDER = """
package alicloud

func Provider() terraform.ResourceProvider {
	provider := &schema.Provider{
		Schema: map[string]*schema.Schema{
			"region": {
				Type:        schema.TypeString,
				Optional:    true,
				DefaultFunc: schema.MultiEnvDefaultFunc([]string{"A_REGION", "B_REGION"}, nil),
			},
			"protocol": protocolSchema(),
		},
		ResourcesMap: map[string]*schema.Resource{
			"alicloud_well":  resourceWell(),
			"alicloud_chain": resourceChain(),
		},
		DataSourcesMap: map[string]*schema.Resource{
			"alicloud_wells": dataSourceWells(),
		},
	}
	provider.ConfigureFunc = func(d *schema.ResourceData) (interface{}, error) {
		return configure(d, provider)
	}
	return provider
}

func protocolSchema() *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Optional: true, Default: "HTTPS"}
}
"""
WELL = """
package alicloud

type Depth string

const (
	Shallow = Depth("shallow")
	Deep    = Depth("deep")
)

const MostPumps = 3

var spring = "spring"

func resourceWell() *schema.Resource {
	return &schema.Resource{
		Create: resourceWellCreate,
		Read:   resourceWellRead,
		Update: resourceWellUpdate,
		Delete: resourceWellDelete,
		Importer: &schema.ResourceImporter{
			State: schema.ImportStatePassthrough,
		},
		Timeouts: &schema.ResourceTimeout{
			Create: schema.DefaultTimeout(25 * time.Minute),
			Delete: schema.DefaultTimeout(90 * time.Second),
		},
		CustomizeDiff: func(d *schema.ResourceDiff, v interface{}) error {
			return nil
		},
		Schema: map[string]*schema.Schema{
			"depth": {
				Type:         schema.TypeString,
				Required:     true,
				ForceNew:     true,
				ValidateFunc: StringInSlice([]string{string(Shallow), string(Deep)}, false),
			},
			"code": {
				Type:         schema.TypeString,
				Optional:     true,
				Sensitive:    true,
				ValidateFunc: validation.StringMatch(regexp.MustCompile(`^[a-z]\\\\d+$`), "no code"),
				DiffSuppressFunc: func(k, old, new string, d *schema.ResourceData) bool {
					return d.Get("depth").(string) != "deep"
				},
			},
			"note": {
				Type:             schema.TypeString,
				Optional:         true,
				Computed:         true,
				ConflictsWith:    []string{"code"},
				DiffSuppressFunc: sameInLower,
				Deprecated:       "Field 'note' is deprecated since 1.2.0. Use 'remark' instead.",
			},
			"remark": {
				Type:     schema.TypeString,
				Optional: true,
				Removed:  "Field 'remark' was removed.",
			},
			"period": {
				Type:         schema.TypeInt,
				Optional:     true,
				Default:      1,
				ValidateFunc: validation.Any(validation.IntBetween(1, 9), validation.IntInSlice([]int{12, 24})),
			},
			"pump": {
				Type:     schema.TypeList,
				Optional: true,
				MinItems: 1,
				MaxItems: MostPumps,
				Elem: &schema.Resource{
					Schema: map[string]*schema.Schema{
						"power": {Type: schema.TypeFloat, Required: true},
						"description": {Type: schema.TypeString, Computed: true},
					},
				},
			},
			"readings": {
				Type:     schema.TypeList,
				Computed: true,
				Elem: &schema.Resource{
					Schema: map[string]*schema.Schema{
						"description": {Type: schema.TypeString, Computed: true},
					},
				},
			},
			"names": {
				Type:     schema.TypeSet,
				Optional: true,
				Set:      schema.HashString,
				Elem:     &schema.Schema{Type: schema.TypeString, ValidateFunc: StringLenBetween(1, 8)},
			},
			"kind": {
				Type:     schema.TypeString,
				Optional: true,
				Default:  spring,
			},
			"tags": tagsOfWell(),
		},
	}
}

func tagsOfWell() *schema.Schema {
	return &schema.Schema{
		Type:     schema.TypeMap,
		Optional: true,
	}
}

func sameInLower(k, old, new string, d *schema.ResourceData) bool {
	return strings.ToLower(old) == strings.ToLower(new)
}
"""
CHAIN = """
package alicloud

func resourceChain() *schema.Resource {
	resource := &schema.Resource{
		Create: resourceChainCreate,
		Read:   resourceChainRead,
		Delete: resourceChainDelete,
		DeprecationMessage: "This resource is deprecated. Use 'alicloud_well' instead.",
		Schema: map[string]*schema.Schema{},
	}
	for _, name := range append([]string{"first"}, lastLinks()...) {
		resource.Schema[name] = &schema.Schema{
			Type:     schema.TypeInt,
			Required: true,
			ForceNew: true,
		}
	}
	return resource
}

func lastLinks() (links []string) {
	links = append(links, "second", "third")
	return
}
"""
WELLS = """
package alicloud

func dataSourceWells() *schema.Resource {
	return &schema.Resource{
		Read: dataSourceWellsRead,
		Schema: map[string]*schema.Schema{
			"name_regex": {
				Type:         schema.TypeString,
				Optional:     true,
				ValidateFunc: validation.StringIsValidRegExp,
			},
		},
	}
}
"""
FILES = {
    "go.mod": MODULE,
    "CHANGELOG.md": f"## 1.291.0 (Unreleased)\n## {RELEASE} (August 24, 2026)\n",
    "alicloud/provider.go": PROVIDER,
    "alicloud/resource_well.go": WELL.replace("\\\\\\\\", "\\\\"),
    "alicloud/resource_chain.go": CHAIN,
    "alicloud/data_source_wells.go": WELLS,
}


def write(folder: Path, **changes: str) -> Path:
    """The checkout in `folder`; `changes`: name of a file (`well` for alicloud/resource_well.go) to its other text."""
    by_name = {"well": "alicloud/resource_well.go", "provider": "alicloud/provider.go", "module": "go.mod"}
    texts = {**FILES, **{by_name[name]: text for name, text in changes.items()}}
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder
