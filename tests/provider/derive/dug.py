"""What the functions of the small provider's well do, in the forms that the real one has."""

FUNCTIONS = """
package alicloud

import (
	"fmt"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/aliyun/aliyun-oss-go-sdk/oss"
	"github.com/aliyun/terraform-provider-alicloud/alicloud/connectivity"
)

type WaterService struct {
	client *connectivity.AliyunClient
}

func resourceWellCreate(d *schema.ResourceData, meta interface{}) error {
	client := meta.(*connectivity.AliyunClient)
	action := "Dig"
	if d.Get("kind") == "pumped" {
		action = "Pump"
	} else if d.Get("kind") == "none" {
		action = "Unused"
		return nil
	}
	_, err := client.RpcPost("Water", "2020-01-01", action, nil, nil, true)
	if err != nil {
		return err
	}
	action = "Fill"
	err = resource.Retry(1, func() *resource.RetryError {
		_, err = client.RpcPost("Water", "2020-01-01", action, nil, nil, true)
		return nil
	})
	return resourceWellRead(d, meta)
}

func resourceWellRead(d *schema.ResourceData, meta interface{}) error {
	waterService := WaterService{meta.(*connectivity.AliyunClient)}
	return waterService.wait(d.Id(), waterService.look)
}

func (s *WaterService) wait(id string, call func(string) error) error {
	return call(id)
}

func (s *WaterService) look(id string) error {
	_, err := s.client.RpcPost("Water", "2020-01-01", "Look", nil, nil, true)
	return err
}
"""
OTHERS = """
func paths(client *connectivity.AliyunClient, id string) {
	path := "/wells/" + id + "/water"
	client.RoaPut("Water", "2020-01-01", path, nil, nil, nil, true)
	client.RoaGet("Water", "2020-01-01", fmt.Sprintf("/wells/%s", id), nil, nil, nil)
}

func fromList(client *connectivity.AliyunClient) {
	for _, op := range []struct {
		action string
		ids    []string
	}{
		{"Join", nil},
		{"Leave", nil},
	} {
		action := op.action
		client.RpcPost("Water", "2020-01-01", action, nil, nil, true)
	}
}

func asParameter(client *connectivity.AliyunClient) {
	tagged(client, "Ground", "TagOne")
	tagged(client, "Water", "TagTwo")
}

func tagged(client *connectivity.AliyunClient, product string, action string) {
	client.RpcPost(product, "2020-01-01", action, nil, nil, true)
}

func libraries(client *connectivity.AliyunClient) {
	client.WithEcsClient(func(ecsClient *ecs.Client) (interface{}, error) {
		return ecsClient.StopInstance(request)
	})
	client.WithOssClient(func(ossClient *oss.Client) (interface{}, error) {
		bucket, _ := ossClient.Bucket("b")
		return nil, bucket.PutObject("k", nil)
	})
	params := map[string]interface{}{}
	params["policy"] = nil
	client.WithOssClient(func(ossClient *oss.Client) (interface{}, error) {
		return ossClient.Conn.Do("GET", d.Id(), "", params, nil, nil, 0, nil)
	})
}

func ownType(client *connectivity.AliyunClient) {
	type Request struct {
		ids []string
	}
	req := Request{}
	client.RpcPost("Water", "2020-01-01", "Own", nil, req, true)
}

func common(client *connectivity.AliyunClient, protocol string) {
	request.ApiName = fmt.Sprintf("Create%sListener", strings.ToUpper(protocol))
	client.WithEcsClient(func(ecsClient *ecs.Client) (interface{}, error) {
		return ecsClient.ProcessCommonRequest(request)
	})
}

func endpoint(client *connectivity.AliyunClient) {
	conn, _ := client.NewTeaCommonClient("water.cn-somewhere.example.com")
	version := StringPointer("2020-01-01")
	conn.DoRequest(StringPointer("OpenWater"), nil, StringPointer("POST"), version, StringPointer("AK"), nil, nil, nil)
	conn.DoRequestWithAction(StringPointer("Open"), version, nil, StringPointer("PUT"), StringPointer("AK"), String("/open"))
}

func around(client *connectivity.AliyunClient) {
	client.RpcPost("Water", "2020-01-01", "Around", nil, nil, true)
	andBack(client)
}

func andBack(client *connectivity.AliyunClient) {
	client.RpcPost("Water", "2020-01-01", "AndBack", nil, nil, true)
	around(client)
}

func silent(client *connectivity.AliyunClient) {
	addDebug("x", client)
	after := 1
	return
	client.RpcPost("Water", "2020-01-01", "Never", nil, nil, true)
}

func computed(client *connectivity.AliyunClient) {
	client.RpcPost("Water", "2020-01-01", d.Get("action").(string), nil, nil, true)
}

func xml(client *connectivity.AliyunClient) {
	action := fmt.Sprintf("/?cors")
	client.Do("Oss", xmlParam("PUT", "2019-05-17", "PutBucketCors", action), nil, nil, nil, nil, false)
}
"""
